/* A stand-in for tests under an old Wine: the one function of bcryptprimitives.dll that Rust needs. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T size)
{
    while (size) {
        ULONG part = size > 0x10000000 ? 0x10000000 : (ULONG)size;
        if (!RtlGenRandom(to, part))
            return FALSE;
        to += part;
        size -= part;
    }
    return TRUE;
}
