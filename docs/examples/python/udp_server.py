import socketserver


class MyUDPHandler(socketserver.BaseRequestHandler):
    def handle(self):
        # self.request is a pair of data and socket
        data = self.request[0].strip()
        socket = self.request[1]
        print("%s wrote:" % self.client_address[0])
        print(data.decode())
        # there is no connection: the address must be given
        socket.sendto(data.upper(), self.client_address)


if __name__ == "__main__":
    HOST, PORT = "localhost", 9999
    server = socketserver.UDPServer((HOST, PORT), MyUDPHandler)
    server.serve_forever()
