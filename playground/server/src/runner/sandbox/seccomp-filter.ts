/** The system calls that no program in a sandbox needs and that bubblewrap leaves open, by architecture. */
const DENIED: Readonly<Record<string, { x64?: number; arm64?: number }>> = {
  // Other processes.
  ptrace: { x64: 101, arm64: 117 },
  process_vm_readv: { x64: 310, arm64: 270 },
  process_vm_writev: { x64: 311, arm64: 271 },
  process_madvise: { x64: 440, arm64: 440 },
  kcmp: { x64: 312, arm64: 272 },
  pidfd_getfd: { x64: 438, arm64: 438 },
  sched_setattr: { x64: 314, arm64: 274 },
  // Namespaces and mounts.
  unshare: { x64: 272, arm64: 97 },
  setns: { x64: 308, arm64: 268 },
  mount: { x64: 165, arm64: 40 },
  umount2: { x64: 166, arm64: 39 },
  pivot_root: { x64: 155, arm64: 41 },
  chroot: { x64: 161, arm64: 51 },
  open_tree: { x64: 428, arm64: 428 },
  move_mount: { x64: 429, arm64: 429 },
  fsopen: { x64: 430, arm64: 430 },
  fsconfig: { x64: 431, arm64: 431 },
  fsmount: { x64: 432, arm64: 432 },
  fspick: { x64: 433, arm64: 433 },
  mount_setattr: { x64: 442, arm64: 442 },
  name_to_handle_at: { x64: 303, arm64: 264 },
  open_by_handle_at: { x64: 304, arm64: 265 },
  fanotify_init: { x64: 300, arm64: 262 },
  // Keys, and memory that neither the watchdog nor a resource limit sees.
  add_key: { x64: 248, arm64: 217 },
  request_key: { x64: 249, arm64: 218 },
  keyctl: { x64: 250, arm64: 219 },
  memfd_create: { x64: 319, arm64: 279 },
  memfd_secret: { x64: 447, arm64: 447 },
  shmget: { x64: 29, arm64: 194 },
  shmctl: { x64: 31, arm64: 195 },
  shmat: { x64: 30, arm64: 196 },
  semget: { x64: 64, arm64: 190 },
  msgget: { x64: 68, arm64: 186 },
  mq_open: { x64: 240, arm64: 180 },
  // Where most holes of the kernel have been.
  io_uring_setup: { x64: 425, arm64: 425 },
  io_uring_enter: { x64: 426, arm64: 426 },
  io_uring_register: { x64: 427, arm64: 427 },
  userfaultfd: { x64: 323, arm64: 282 },
  bpf: { x64: 321, arm64: 280 },
  perf_event_open: { x64: 298, arm64: 241 },
  vmsplice: { x64: 278, arm64: 75 },
  mbind: { x64: 237, arm64: 235 },
  set_mempolicy: { x64: 238, arm64: 237 },
  migrate_pages: { x64: 256, arm64: 238 },
  move_pages: { x64: 279, arm64: 239 },
  lookup_dcookie: { x64: 212, arm64: 18 },
  personality: { x64: 135, arm64: 92 },
  modify_ldt: { x64: 154 },
  uselib: { x64: 134 },
  iopl: { x64: 172 },
  ioperm: { x64: 173 },
  // The machine.
  syslog: { x64: 103, arm64: 116 },
  acct: { x64: 163, arm64: 89 },
  quotactl: { x64: 179, arm64: 60 },
  swapon: { x64: 167, arm64: 224 },
  swapoff: { x64: 168, arm64: 225 },
  reboot: { x64: 169, arm64: 142 },
  sethostname: { x64: 170, arm64: 161 },
  setdomainname: { x64: 171, arm64: 162 },
  init_module: { x64: 175, arm64: 105 },
  finit_module: { x64: 313, arm64: 273 },
  delete_module: { x64: 176, arm64: 106 },
  kexec_load: { x64: 246, arm64: 104 },
  kexec_file_load: { x64: 320, arm64: 294 },
  settimeofday: { x64: 164, arm64: 170 },
  adjtimex: { x64: 159, arm64: 171 },
  clock_settime: { x64: 227, arm64: 112 },
  clock_adjtime: { x64: 305, arm64: 266 },
}

/** Calls from this one on came after this list was made, or are those of the x32 architecture. */
const FIRST_UNKNOWN = 453

/** Of which only some arguments are denied. */
const ARCHITECTURES = {
  x64: {
    audit: 0xc000_003e,
    clone: 56,
    clone3: 435,
    socket: 41,
    socketpair: 53,
    ioctl: 16,
    setsid: 112,
    mmap: 9,
    fcntl: 72,
    setsockopt: 54,
  },
  arm64: {
    audit: 0xc000_00b7,
    clone: 220,
    clone3: 435,
    socket: 198,
    socketpair: 199,
    ioctl: 29,
    setsid: 157,
    mmap: 222,
    fcntl: 25,
    setsockopt: 208,
  },
} as const

export type SeccompArchitecture = keyof typeof ARCHITECTURES

const CLONE_NEW_NAMESPACES = 0x7e02_0000
const ADDRESS_FAMILIES = { unix: 1, inet: 2, inet6: 10, netlink: 16 }
const NETLINK_ROUTE = 0
const TIOCSTI = 0x5412
const TIOCLINUX = 0x541c
const MAP_SHARED = 0x01
/** F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW. */
const SET_LOCK = [6, 7, 37, 38]
/** SO_SNDBUF and SO_RCVBUF, of SOL_SOCKET. */
const SOCKET_BUFFERS = [7, 8]
const SOL_SOCKET = 1

const ERRNO = { EPERM: 1, ENOLCK: 37, ENOSYS: 38, EAFNOSUPPORT: 97 }
const RETURN_ALLOW = 0x7fff_0000
const RETURN_KILL_PROCESS = 0x8000_0000
const RETURN_ERRNO = 0x0005_0000

const LOAD = 0x20
const JUMP_IF_EQUAL = 0x15
const JUMP_IF_AT_LEAST = 0x35
const JUMP_IF_ANY_BIT = 0x45
const RETURN = 0x06

/** Places in the data that the kernel gives to the filter; of an argument the low half, all machines being little-endian. */
const NUMBER = 0
const ARCHITECTURE = 4
const argument = (index: number) => 16 + 8 * index

const INSTRUCTION_BYTES = 8
type Instruction = readonly [code: number, value: number, ifTrue?: number, ifFalse?: number]

/** A filter in the kernel's classic BPF, as `bwrap --seccomp` reads it. */
export function seccompFilter(architecture: SeccompArchitecture): Buffer {
  const { audit, clone, clone3, socket, socketpair, ioctl, setsid } = ARCHITECTURES[architecture]
  const { mmap, fcntl, setsockopt } = ARCHITECTURES[architecture]
  const denied = Object.values(DENIED).flatMap((call) => call[architecture] ?? [])
  return assemble([
    [LOAD, ARCHITECTURE],
    [JUMP_IF_EQUAL, audit, 1, 0],
    [RETURN, RETURN_KILL_PROCESS],
    [LOAD, NUMBER],
    ...when(JUMP_IF_EQUAL, clone3, fail(ERRNO.ENOSYS)), // the C library then uses clone, whose flags can be seen
    ...when(JUMP_IF_AT_LEAST, FIRST_UNKNOWN, fail(ERRNO.ENOSYS)),
    ...when(JUMP_IF_EQUAL, clone, [
      [LOAD, argument(0)],
      ...when(JUMP_IF_ANY_BIT, CLONE_NEW_NAMESPACES, fail(ERRNO.EPERM)),
      [RETURN, RETURN_ALLOW],
    ]),
    ...when(JUMP_IF_EQUAL, socket, [
      [LOAD, argument(0)],
      ...[ADDRESS_FAMILIES.unix, ADDRESS_FAMILIES.inet, ADDRESS_FAMILIES.inet6].flatMap((family) =>
        when(JUMP_IF_EQUAL, family, [[RETURN, RETURN_ALLOW]]),
      ),
      ...when(JUMP_IF_EQUAL, ADDRESS_FAMILIES.netlink, [
        [LOAD, argument(2)],
        ...when(JUMP_IF_EQUAL, NETLINK_ROUTE, [[RETURN, RETURN_ALLOW]]),
      ]),
      ...fail(ERRNO.EAFNOSUPPORT),
    ]),
    ...when(JUMP_IF_EQUAL, socketpair, [
      [LOAD, argument(0)],
      ...when(JUMP_IF_EQUAL, ADDRESS_FAMILIES.unix, [[RETURN, RETURN_ALLOW]]),
      ...fail(ERRNO.EAFNOSUPPORT),
    ]),
    ...when(JUMP_IF_EQUAL, ioctl, [
      [LOAD, argument(1)],
      ...[TIOCSTI, TIOCLINUX].flatMap((command) => when(JUMP_IF_EQUAL, command, fail(ERRNO.EPERM))),
      [RETURN, RETURN_ALLOW],
    ]),
    // Shared memory stays when it is not mapped any more, and locks are memory of the kernel: neither shows anywhere.
    ...when(JUMP_IF_EQUAL, mmap, [
      [LOAD, argument(3)],
      ...when(JUMP_IF_ANY_BIT, MAP_SHARED, fail(ERRNO.EPERM)),
      [RETURN, RETURN_ALLOW],
    ]),
    ...when(JUMP_IF_EQUAL, fcntl, [
      [LOAD, argument(1)],
      ...SET_LOCK.flatMap((command) => when(JUMP_IF_EQUAL, command, fail(ERRNO.ENOLCK))),
      [RETURN, RETURN_ALLOW],
    ]),
    // What waits in a socket is memory of the kernel too: their number bounds it only as long as each has little room.
    ...when(JUMP_IF_EQUAL, setsockopt, [
      [LOAD, argument(1)],
      ...when(JUMP_IF_EQUAL, SOL_SOCKET, [
        [LOAD, argument(2)],
        ...SOCKET_BUFFERS.flatMap((option) => when(JUMP_IF_EQUAL, option, fail(ERRNO.EPERM))),
      ]),
      [RETURN, RETURN_ALLOW],
    ]),
    // Does nothing, and says that it did: Linux shares the processors out among sessions of processes first, and one
    // that may open any number of them takes any share.
    ...when(JUMP_IF_EQUAL, setsid, fail(0)),
    ...denied.flatMap((number) => when(JUMP_IF_EQUAL, number, fail(ERRNO.EPERM))),
    [RETURN, RETURN_ALLOW],
  ])
}

function when(condition: number, value: number, body: readonly Instruction[]): Instruction[] {
  return [[condition, value, 0, body.length], ...body]
}

function fail(errno: number): Instruction[] {
  return [[RETURN, RETURN_ERRNO | errno]]
}

function assemble(instructions: readonly Instruction[]): Buffer {
  const program = Buffer.alloc(instructions.length * INSTRUCTION_BYTES)
  for (const [index, [code, value, ifTrue = 0, ifFalse = 0]] of instructions.entries()) {
    const at = index * INSTRUCTION_BYTES
    program.writeUInt16LE(code, at)
    program.writeUInt8(ifTrue, at + 2)
    program.writeUInt8(ifFalse, at + 3)
    program.writeUInt32LE(value, at + 4)
  }
  return program
}
