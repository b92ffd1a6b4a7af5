"""For dev/bench: the servers that it starts and ends, and HTTP with them."""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time

PARTS = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(PARTS))
PATH = os.environ.get("PATH", "") + ":/usr/sbin"
TICKS = os.sysconf("SC_CLK_TCK")

children = []


def say(text):
    print(text, file=sys.stderr, flush=True)


def die(text):
    sys.exit("bench: " + text)


def start(*command, **options):
    """A child that ends when this does, whatever the reason."""
    child = subprocess.Popen(("setpriv", "--pdeathsig", "TERM") + command,
                             stdin=subprocess.DEVNULL, **options)
    children.append(child)
    return child


def run(*command):
    child = start(*command, stdout=sys.stderr)
    if child.wait() != 0:
        die(" ".join(command) + " failed")
    children.remove(child)


def stop():
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)

    for child in reversed(children):
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def free_ports(names):
    """All below the range that outgoing connections take."""
    held = []

    while len(held) < len(names):
        s = socket.socket()
        try:
            s.bind(("127.0.0.1", random.randrange(10000, 32000)))
            held.append(s)
        except OSError:
            s.close()

    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return dict(zip(names, ports))


def wait_for(port, child, log):
    for _ in range(600):
        if child.poll() is not None:
            die("%s has ended; see its log:\n%s" % (child.args[3], tail(log)))
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    die("nothing answers on port %d:\n%s" % (port, tail(log)))


def tail(path):
    try:
        with open(path, errors="replace") as f:
            return "".join(f.readlines()[-5:])
    except OSError as e:
        return str(e)


def start_nginx(name, work, values):
    log = os.path.join(work, name + ".log")
    conf = os.path.join(work, name + ".conf")

    with open(os.path.join(PARTS, name + ".conf")) as f:
        text = f.read()
    for key, value in values.items():
        text = text.replace("@%s@" % key, str(value))
    with open(conf, "w") as f:
        f.write(text)

    nginx = shutil.which("nginx", path=PATH) or die("nginx is missing")
    child = start(nginx, "-p", work, "-e", log, "-c", conf)
    wait_for(values["WRITE" if name == "cricket" else "PEER"], child, log)

    path = "/proc/%d/task/%d/children" % (child.pid, child.pid)
    with open(path) as f:
        return int(f.read().split()[0])


def cpu(pid):
    """Seconds that a process has spent, its children left out."""
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def message(method, uri, body="", kind="application/json"):
    """A request as it goes over the wire."""
    body = body.encode()
    head = "%s %s HTTP/1.1\r\nHost: localhost\r\n" % (method, uri)
    if body:
        head += "Content-Type: %s\r\nContent-Length: %d\r\n" % (kind, len(body))
    return head.encode() + b"\r\n" + body


def ask(port, method, uri, body=None, kind="application/json"):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    c.request(method, uri, body, {"Content-Type": kind} if body else {})
    reply = c.getresponse()
    text = reply.read()
    c.close()
    if reply.status != 200 and not (method == "DELETE" and reply.status == 404):
        die("%s %s on port %d: %d %s" % (method, uri, port, reply.status,
                                         text[:500].decode(errors="replace")))
    return json.loads(text)


def overhear(show, listener, uri):
    """The search that Cricket sends for uri."""
    c = http.client.HTTPConnection("127.0.0.1", show, timeout=10)
    c.request("GET", uri)
    peer = listener.accept()[0]

    with peer, peer.makefile("rb") as f:
        target = f.readline().split()[1].decode()
        length = 0
        for line in iter(f.readline, b"\r\n"):
            name, _, value = line.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
        body = f.read(length).decode()

    c.close()
    return target, body
