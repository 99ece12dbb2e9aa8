"""Scripts whose behaviour shows whether a fork of a warm interpreter can be told from `python script.py`.

Each is run both ways; exit code, output and files must be the same.
"""

from __future__ import annotations

SCRIPTS = {
    "state": """
import sys, os, signal, threading
print(sys.argv, sys.orig_argv[1:], __file__, sys.path[0], len(sys.path), sys.executable, sys.flags)
print(sorted(k for k in globals() if k not in("sys","os","signal","threading")), __name__, __doc__, __package__, __spec__, type(__loader__), __loader__.name, __loader__.path, __builtins__)
print({s: signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD, signal.SIGHUP)}, signal.pthread_sigmask(signal.SIG_BLOCK, []))
print(os.getcwd(), os.getpgid(0)==os.getpid(), oct(os.umask(0)), sorted(os.listdir("/proc/self/fd")).__len__())
print(sys.stdin, sys.stdout, sys.stderr, sys.stdout.line_buffering, sys.stdout.write_through, sys.stdin.read())
print({k:v for k,v in sorted(os.environ.items()) if k not in ("_","LC_CTYPE")})
import subprocess; print(subprocess.run("echo $AZUREML_RUN_ID $FOO", shell=True, capture_output=True).stdout)
print(threading.active_count(), threading.current_thread(), threading.main_thread() is threading.current_thread())
print(sys.getrecursionlimit(), sys.dont_write_bytecode, sys.warnoptions, sys._xoptions, sys.prefix, sys.base_prefix)
""",
    "syntax": """
def f(:
  pass
""",
    "warn": """
s = "\\d"
assert (1, "x")
print(s)
""",
    "chained exceptions": """
def g():
    raise ValueError('bad')
def f():
    g()
try:
    f()
except ValueError as e:
    raise RuntimeError('outer') from e
""",
    "exception": """
1/0
""",
    "exit3": """
import sys; sys.exit(3)
""",
    "exittext": """
import sys; sys.exit('some text')
""",
    "exitnone": """
raise SystemExit
""",
    "exit300": """
import sys; sys.exit(300)
""",
    "exitneg": """
import sys; sys.exit(-1)
""",
    "exitbig": """
import sys; sys.exit(1<<40)
""",
    "exitobj": """
class E(SystemExit): pass
raise E(5)
""",
    "os exit": """
import os; print('x'); os._exit(9)
""",
    "keyboard interrupt": """
raise KeyboardInterrupt
""",
    "sigint": """
import os,signal; os.kill(os.getpid(), signal.SIGINT); import time; time.sleep(1)
""",
    "segmentation fault": """
import os,signal; os.kill(os.getpid(), signal.SIGSEGV)
""",
    "abort": """
import os; os.abort()
""",
    "own excepthook": """
import sys
def h(t,v,b): print('hook',t,v,b.tb_lineno)
sys.excepthook=h
raise ValueError(1)
""",
    "failing excepthook": """
import sys
def h(t,v,b): raise KeyError('inhook')
sys.excepthook=h
raise ValueError(1)
""",
    "atexit": """
import atexit
atexit.register(print,'bye')
atexit.register(lambda: 1/0)
print('hi')
""",
    "atexitexit": """
import atexit,sys
atexit.register(lambda: sys.exit(7))
print('hi')
""",
    "file": """
f=open('out.txt','w'); f.write('data')
""",
    "filecycle": """
class A: pass
a=A(); a.a=a; a.f=open('out.txt','w'); a.f.write('data')
""",
    "fileclass": """
class A:
  f=open('out.txt','wb')
A.f.write(b'data')
import json; json.keep=A
""",
    "fileos": """
import os
os.keep=open('out.txt','w'); os.keep.write('data')
""",
    "gz": """
import gzip
f=gzip.open('out.gz','wb'); f.write(b'abc'*10)
""",
    "del": """
class A:
  def __init__(s,n): s.n=n
  def __del__(s): print('del',s.n)
a=A('global'); b=A('cycle'); b.b=b
l=[A('inlist')]
""",
    "thread": """
import threading,time
def f(): time.sleep(.2); print('thread done')
threading.Thread(target=f).start(); print('main done')
""",
    "daemon": """
import threading,time
def f():
  time.sleep(5); print('never')
threading.Thread(target=f,daemon=True).start(); print('main done')
""",
    "pool": """
from concurrent.futures import ThreadPoolExecutor
import time
p=ThreadPoolExecutor(2); r=p.submit(lambda: (time.sleep(.1), print('in pool'))); print('main')
""",
    "mpfork": """
import multiprocessing as mp
def f(q): q.put(__name__)
if __name__=='__main__':
  c=mp.get_context('fork'); q=c.Queue(); p=c.Process(target=f,args=(q,)); p.start(); print(q.get()); p.join(); print(p.exitcode)
""",
    "mpspawn": """
import multiprocessing as mp
def f(q): q.put(__name__)
if __name__=='__main__':
  c=mp.get_context('spawn'); q=c.Queue(); p=c.Process(target=f,args=(q,)); p.start(); print(q.get()); p.join(); print(p.exitcode)
""",
    "mpforkserver": """
import multiprocessing as mp
def f(q): q.put(__name__)
if __name__=='__main__':
  c=mp.get_context('forkserver'); q=c.Queue(); p=c.Process(target=f,args=(q,)); p.start(); print(q.get()); p.join(); print(p.exitcode)
""",
    "mppool": """
import multiprocessing as mp
def f(x): return x*x
if __name__=='__main__':
  with mp.Pool(2) as p: print(p.map(f,range(5)))
""",
    "pickle": """
import pickle
class A: pass
print(type(pickle.loads(pickle.dumps(A()))))
""",
    "dataclass": """
from dataclasses import dataclass
@dataclass
class P:
  x:int
print(P(1)); import typing; print(typing.get_type_hints(P))
""",
    "annot": """
x: int = 3
print(__annotations__)
""",
    "osfork": """
import os
p=os.fork()
if p==0:
  print('child'); raise SystemExit(4)
print(os.waitstatus_to_exitcode(os.waitpid(p,0)[1]))
""",
    "helper": """
import helper
print(helper.x, helper.__file__)
""",
    "stdoutclose": """
import sys
print('x'); sys.stdout.close()
""",
    "brokenpipe": """
import sys,os
sys.stdout=open('/dev/full','w'); print('x')
""",
    "devfull": """
import os
fd=os.open('/dev/full',os.O_WRONLY); os.dup2(fd,1); print('x')
""",
    "logging": """
import logging
logging.basicConfig(level=10,filename='o.log'); logging.info('x'); logging.warning('y')
import tempfile; t=tempfile.TemporaryDirectory(dir='.')
""",
    "tempdir": """
import tempfile,os,atexit
t=tempfile.TemporaryDirectory(dir='.'); print(os.path.isdir(t.name))
import weakref
class A: pass
a=A(); weakref.finalize(a,print,'finalized')
""",
    "inspect": """
import inspect
def f(): return 1
print(inspect.getsource(f)); import __main__; print(__main__.__file__)
""",
    "encoding": """
# -*- coding: latin-1 -*-
print('\\xe9', len('é'))
""",
    "future": """
from __future__ import annotations
def f(x: nosuch): pass
print(f.__annotations__)
""",
    "asyncio": """
import asyncio
async def m(): await asyncio.sleep(.01); print('async')
asyncio.run(m())
""",
    "mod_thread_del": """
import threading
class A:
  def __del__(self): print('gone')
local=threading.local(); local.a=A()
""",
    "genfinal": """
def g():
  try: yield 1
  finally: print('gen closed')
x=g(); next(x)
""",
    "sysmodules": """
import sys
print('lazulite' in sys.modules, [m for m in sys.modules if 'fork_server' in m])
""",
    "warnings2": """
import warnings
warnings.warn('careful')
warnings.warn('dep', DeprecationWarning)
""",
    "unraisable": """
class A:
  def __del__(self): raise ValueError('x')
a=A(); del a
print('ok')
""",
    "group": """
raise ExceptionGroup('g',[ValueError(1),TypeError(2)])
""",
    "notes": """
e=ValueError(1)
e.add_note('n')
raise e
""",
    "stderr": """
import sys
print('e',file=sys.stderr); sys.stderr.write('partial')
""",
    "runpy": """
import runpy; runpy.run_path('helper.py'); print('done')
""",
    "sqlite": """
import sqlite3; c=sqlite3.connect('x.db'); c.execute('create table a(b)'); c.commit(); print(1)
""",
    "shelve": """
import shelve
s=shelve.open('sh'); s['a']=1
""",
    "csvwriter": """
import csv
w=csv.writer(open('o.csv','w')); w.writerow([1,2])
""",
}
