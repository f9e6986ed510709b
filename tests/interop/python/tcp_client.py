"""The seed's TCP client in Python 3: tcp_client.py PORT WORD…"""

import socket
import sys

HOST, PORT = "localhost", int(sys.argv[1])
data = " ".join(sys.argv[2:])

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect((HOST, PORT))
sock.send((data + "\n").encode())

received = sock.recv(1024)
sock.close()

print("Sent: %s" % data)
print("Received: %s" % received.decode())
