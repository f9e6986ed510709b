"""The seed's UDP client in Python 3: udp_client.py PORT WORD…"""

import socket
import sys

HOST, PORT = "localhost", int(sys.argv[1])
data = " ".join(sys.argv[2:])

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto((data + "\n").encode(), (HOST, PORT))
received = sock.recv(1024)

print("Sent: %s" % data)
print("Received: %s" % received.decode())
