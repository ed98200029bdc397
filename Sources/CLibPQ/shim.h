#include <libpq-fe.h>

/// Fields of an error (libpq-fe.h gives them as macros of characters, which Swift does not see).
static const int UNEFOIS_DIAG_SQLSTATE = PG_DIAG_SQLSTATE;
static const int UNEFOIS_DIAG_MESSAGE = PG_DIAG_MESSAGE_PRIMARY;
