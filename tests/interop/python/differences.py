"""Prints as JSON how Python's socketserver behaves where the library differs from it."""

import json
import os
import select
import socket
import socketserver
import sys
import tempfile
import threading

LOCAL = ("localhost", 0)
PATIENCE_S = 1
facts = {}


def in_thread(action):
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    return thread


def handler(handle, base=socketserver.BaseRequestHandler):
    return type("Handler", (base,), {"handle": handle})


def quiet(server_class):
    return type("Quiet", (server_class,), {"handle_error": lambda *_: None})


def constructor():
    with socketserver.TCPServer(LOCAL, socketserver.BaseRequestHandler) as server:
        socket.create_connection(server.server_address).close()
        facts["listens when it is made"] = True


def backlog():
    busy, done = threading.Event(), threading.Event()

    def handle(self):
        busy.set()
        done.wait()

    with socketserver.TCPServer(LOCAL, handler(handle)) as server:
        in_thread(server.serve_forever)
        clients = [socket.create_connection(server.server_address)]
        busy.wait()
        for _ in range(29):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(server.server_address)
            clients.append(client)
        wait = select.poll()
        for client in clients:
            wait.register(client, select.POLLOUT)
        threading.Event().wait(PATIENCE_S)
        facts["clients of 30 that are connected"] = len(wait.poll(0))
        for client in clients:
            client.close()
        done.set()
        server.shutdown()


def deadlock():
    server = socketserver.TCPServer(LOCAL, handler(lambda self: self.server.shutdown()))
    loop = in_thread(server.serve_forever)
    socket.create_connection(server.server_address)
    loop.join(PATIENCE_S)
    facts["shutdown() in a handler deadlocks"] = loop.is_alive()


def fork():
    def handle(self):
        if os.fork() == 0:
            # The parent has shut the connection down when the client has seen its end.
            childs_end.recv(1)
            try:
                self.request.sendall(b"from the child")
            except BrokenPipeError:
                childs_end.send(b"broken pipe")
            os._exit(0)

    our_end, childs_end = socket.socketpair()
    with socketserver.TCPServer(LOCAL, handler(handle)) as server:
        in_thread(server.serve_forever)
        client = socket.create_connection(server.server_address)
        facts["a client of a fork in handle() gets"] = client.recv(20).decode()
        our_end.send(b"x")
        facts["the child gets"] = our_end.recv(20).decode()
        server.shutdown()


def datagrams():
    def handle(self):
        if self.packet == b"partly":
            self.wfile.write(b"part")
            raise ValueError

    Handler = handler(handle, socketserver.DatagramRequestHandler)
    with quiet(socketserver.UDPServer)(LOCAL, Handler) as server:
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for packet in (b"nothing", b"partly"):
            client.sendto(packet, server.server_address)
            server.handle_request()
            facts["reply to " + packet.decode()] = client.recv(20).decode()


def unix_file():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "server")
        socketserver.UnixStreamServer(path, socketserver.BaseRequestHandler).server_close()
        facts["a Unix socket leaves its file"] = os.path.exists(path)


def failing_report():
    def handle(self):
        raise ValueError

    def handle_error(self, *_):
        raise RuntimeError

    class Server(socketserver.TCPServer):
        pass

    Server.handle_error = handle_error

    def serve():
        try:
            server.serve_forever()
        except RuntimeError:
            facts["an error in handle_error() ends the loop"] = True

    with Server(LOCAL, handler(handle)) as server:
        loop = in_thread(serve)
        socket.create_connection(server.server_address)
        loop.join()


def mixed_reads():
    def handle(self):
        self.rfile.readline()
        self.request.setblocking(False)
        try:
            self.request.recv(20)
        except BlockingIOError:
            facts["recv() misses what rfile has read ahead"] = True

    with socketserver.TCPServer(LOCAL, handler(handle, socketserver.StreamRequestHandler)) as server:
        client = socket.create_connection(server.server_address)
        client.sendall(b"line\nrest")
        server.handle_request()


for examine in (constructor, backlog, deadlock, fork, datagrams, unix_file, failing_report, mixed_reads):
    examine()
print(json.dumps(facts))
# Threads that are deadlocked must not hold the program.
sys.stdout.flush()
os._exit(0)
