/** A profile as the OCI runtime specification has it; Kubernetes takes such files with seccompProfile Localhost. */
export interface SeccompProfile {
  defaultAction: 'SCMP_ACT_ERRNO'
  defaultErrnoRet: number
  architectures: ('SCMP_ARCH_X86_64' | 'SCMP_ARCH_AARCH64')[]
  syscalls: SeccompRule[]
}

interface SeccompRule {
  names: string[]
  action: 'SCMP_ACT_ALLOW'
  args?: { index: number; value: number; op: 'SCMP_CMP_NE' }[]
}

const ENOSYS = 38
const AF_VSOCK = 40

const FILES = `access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64
  fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fremovexattr
  fsetxattr fstat fstatfs fsync ftruncate futimesat getcwd getdents getdents64 getxattr inotify_add_watch inotify_init
  inotify_init1 inotify_rm_watch ioctl lchown lgetxattr link linkat listxattr llistxattr lremovexattr lseek lsetxattr
  lstat mkdir mkdirat mknod mknodat newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read
  readahead readlink readlinkat readv removexattr rename renameat renameat2 rmdir sendfile setxattr splice stat statfs
  statx symlink symlinkat sync sync_file_range syncfs tee truncate umask unlink unlinkat utime utimensat utimes write
  writev`

const MEMORY = `brk madvise membarrier mincore mlock mlock2 mlockall mmap mprotect mremap msync munlock munlockall munmap
  pkey_alloc pkey_free pkey_mprotect`

const PROCESSES = `arch_prctl capget capset clone clone3 execve execveat exit exit_group fork get_robust_list getcpu getegid
  geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority getresgid getresuid getrlimit getrusage getsid
  gettid getuid kill pidfd_open pidfd_send_signal prctl prlimit64 rseq sched_get_priority_max sched_get_priority_min
  sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr
  sched_setparam sched_setscheduler sched_yield seccomp set_robust_list set_tid_address setfsgid setfsuid setgid setgroups
  setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setuid sysinfo times uname vfork wait4 waitid`

const SIGNALS_AND_TIMES = `alarm clock_getres clock_gettime clock_nanosleep epoll_create epoll_create1 epoll_ctl epoll_pwait
  epoll_pwait2 epoll_wait eventfd eventfd2 futex futex_waitv getitimer getrandom gettimeofday nanosleep pause pipe pipe2
  poll ppoll pselect6 restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
  rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo select setitimer sigaltstack signalfd signalfd4 tgkill time
  timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime
  tkill`

const SOCKETS = `accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg
  sendmsg sendto setsockopt shutdown socketpair`

/** What no container has from its runtime, and bubblewrap makes namespaces with; clone with flags for them too. */
const BUBBLEWRAP = `mount pivot_root sethostname umount2 unshare`

/**
 * The runtime's usual list, without what Node has no use for (ptrace and the like, io_uring, keyrings, System V's
 * queues), and with what bubblewrap needs. Inside a sandbox bubblewrap's own filter takes the latter away again.
 */
export const seccompProfile: SeccompProfile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  // As from a kernel that does not know the call: libraries have another way then, which after EPERM they do not take.
  defaultErrnoRet: ENOSYS,
  architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'],
  syscalls: [
    allow([FILES, MEMORY, PROCESSES, SIGNALS_AND_TIMES, SOCKETS, BUBBLEWRAP]),
    { ...allow(['socket']), args: [{ index: 0, value: AF_VSOCK, op: 'SCMP_CMP_NE' }] },
  ],
}

function allow(groups: string[]): SeccompRule {
  return { names: groups.flatMap((group) => group.split(/\s+/)), action: 'SCMP_ACT_ALLOW' }
}
