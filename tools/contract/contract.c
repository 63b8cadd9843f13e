/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Prints the interface from the tables that decide it: `contract typescript` or `contract openapi`.
 */
#include <string.h>

#include "tools/contract/print.h"

int main(int argc, char **argv)
{
    contract_shapes shapes;
    contract_collect(&shapes);
    if (argc == 2 && strcmp(argv[1], "typescript") == 0)
        contract_typescript(&shapes, stdout);
    else if (argc == 2 && strcmp(argv[1], "openapi") == 0)
        contract_openapi(&shapes, stdout);
    else
        return fputs("usage: contract typescript|openapi\n", stderr) < 0 ? 1 : 2;
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
