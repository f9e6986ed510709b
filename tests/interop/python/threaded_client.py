"""The clients of the seed's threaded sample in Python 3: threaded_client.py PORT"""

import socket
import sys


def client(ip, port, message):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.connect((ip, port))
    sock.send(message.encode())
    response = sock.recv(1024)
    print("Received: %s" % response.decode())
    sock.close()


ip, port = "localhost", int(sys.argv[1])
client(ip, port, "Hello World 1")
client(ip, port, "Hello World 2")
client(ip, port, "Hello World 3")
