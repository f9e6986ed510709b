"""The seed's TCP server that makes use of streams, in Python 3; it names its port on standard error."""

import socketserver
import sys


class MyTCPHandler(socketserver.StreamRequestHandler):
    def handle(self):
        self.data = self.rfile.readline().strip()
        print("%s wrote:" % self.client_address[0])
        print(self.data.decode())
        self.wfile.write(self.data.upper())


if __name__ == "__main__":
    with socketserver.TCPServer(("localhost", 0), MyTCPHandler) as server:
        print("port", server.server_address[1], file=sys.stderr)
        server.serve_forever()
