// SHA-256 on a state held in place (docs/decisions/0022-sealed-memory.md).
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>
