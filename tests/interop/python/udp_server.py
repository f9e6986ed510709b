"""The seed's UDP server in Python 3; it names its port on standard error."""

import socketserver
import sys


class MyUDPHandler(socketserver.BaseRequestHandler):
    def handle(self):
        data = self.request[0].strip()
        socket = self.request[1]
        print("%s wrote:" % self.client_address[0])
        print(data.decode())
        socket.sendto(data.upper(), self.client_address)


if __name__ == "__main__":
    with socketserver.UDPServer(("localhost", 0), MyUDPHandler) as server:
        print("port", server.server_address[1], file=sys.stderr)
        server.serve_forever()
