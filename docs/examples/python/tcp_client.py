import socket
import sys

HOST, PORT = "localhost", 9999
data = " ".join(sys.argv[1:])

# SOCK_STREAM means a TCP socket
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect((HOST, PORT))
sock.send((data + "\n").encode())

# receive data from the server and close
received = sock.recv(1024)
sock.close()

print("Sent: %s" % data)
print("Received: %s" % received.decode())
