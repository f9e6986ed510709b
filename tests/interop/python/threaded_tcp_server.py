"""The seed's threaded server in Python 3, served for clients of others; it names its port on standard error."""

import socketserver
import sys
import threading


class ThreadedTCPRequestHandler(socketserver.BaseRequestHandler):
    def handle(self):
        data = self.request.recv(1024).decode()
        # Since Python 3.10 a thread's name goes on with its target: "Thread-2 (process_request_thread)".
        cur_thread = threading.current_thread().name.split()[0]
        response = "%s: %s" % (cur_thread, data)
        self.request.send(response.encode())


class ThreadedTCPServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    pass


if __name__ == "__main__":
    with ThreadedTCPServer(("localhost", 0), ThreadedTCPRequestHandler) as server:
        server_thread = threading.Thread(target=server.serve_forever)
        server_thread.start()
        print("Server loop running in thread:", server_thread.name.split()[0])
        print("port", server.server_address[1], file=sys.stderr)
        server_thread.join()
