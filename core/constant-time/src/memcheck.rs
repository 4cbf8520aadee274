//! Requests to valgrind's Memcheck: instructions that do nothing on a processor and that valgrind
//! knows, as `valgrind.h` has them.

/// Asks whether the program runs under valgrind.
const RUNNING_ON_VALGRIND: usize = 0x1001;

/// Asks for the number of errors so far.
const COUNT_ERRORS: usize = 0x1201;

/// Memcheck's own requests begin with its letters.
const MEMCHECK: usize = (b'M' as usize) << 24 | (b'C' as usize) << 16;
const MAKE_MEM_UNDEFINED: usize = MEMCHECK + 1;
const MAKE_MEM_DEFINED: usize = MEMCHECK + 2;

/// Returns true under valgrind.
pub(crate) fn is_running() -> bool {
    request([RUNNING_ON_VALGRIND, 0, 0, 0, 0, 0]) != 0
}

/// Returns the number of errors so far, each as often as it happened.
pub(crate) fn errors() -> usize {
    request([COUNT_ERRORS, 0, 0, 0, 0, 0])
}

/// Makes bytes secret: from here on, a branch or an address that depends on them is an error.
pub(crate) fn hide<T: Copy>(value: &mut [T]) {
    request([MAKE_MEM_UNDEFINED, value.as_mut_ptr() as usize, size_of_val(value), 0, 0, 0]);
}

/// Makes bytes public.
pub(crate) fn publish<T: Copy>(value: &mut [T]) {
    request([MAKE_MEM_DEFINED, value.as_mut_ptr() as usize, size_of_val(value), 0, 0, 0]);
}

/// Returns the answer of valgrind, or 0 without it.
#[inline(never)]
fn request(arguments: [usize; 6]) -> usize {
    let mut answer = 0;
    // SAFETY: the rotations add up to whole turns and the last instruction changes nothing, so that
    // a processor only loads the two registers. Valgrind writes the answer, and reads the
    // arguments, which live until then. No byte of the caller's memory changes, only valgrind's
    // notes about it.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            inout("rdx") answer,
            in("rax") arguments.as_ptr(),
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!(
            "ror x12, x12, #3",
            "ror x12, x12, #13",
            "ror x12, x12, #51",
            "ror x12, x12, #61",
            "orr x10, x10, x10",
            inout("x3") answer,
            in("x4") arguments.as_ptr(),
        );
    }
    std::hint::black_box(&arguments);
    std::hint::black_box(&mut answer);
    answer
}
