"""`python_server.py CLASS HANDLER`: a server of CPython's socketserver that prints its port, or the path of its socket."""

import os
import signal
import socketserver
import sys
import tempfile
import time

COMPUTE_S = 0.05


class OnceHandler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(self.request.recv(1024))


class EchoHandler(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65_536):
            self.request.sendall(data)


class LineHandler(socketserver.StreamRequestHandler):
    def handle(self):
        while line := self.rfile.readline():
            self.wfile.write(line)


class DatagramHandler(socketserver.BaseRequestHandler):
    def handle(self):
        data, socket = self.request
        socket.sendto(data, self.client_address)


class ComputeHandler(socketserver.BaseRequestHandler):
    def handle(self):
        data = self.request.recv(1024)
        end = time.perf_counter() + COMPUTE_S
        while time.perf_counter() < end:
            pass
        self.request.sendall(data)


def main():
    _, class_name, handler_name, *_ = sys.argv
    base = getattr(socketserver, class_name)

    class Server(base):
        request_queue_size = 511
        daemon_threads = True

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with tempfile.TemporaryDirectory() as directory:
        is_unix = "Unix" in class_name
        address = os.path.join(directory, "socket") if is_unix else ("127.0.0.1", 0)
        with Server(address, globals()[handler_name]) as server:
            print(address if is_unix else server.server_address[1], flush=True)
            server.serve_forever()


main()
