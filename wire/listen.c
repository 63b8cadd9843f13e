/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Where the place listens: an address and a port, or a Unix socket for the proxy in front; and the metrics,
 * on loopback only.
 */
#include "wire/inside.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/util.h>

static void on_connection(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address,
                          int n, void *ctx)
{
    wire *w = ctx;
    (void)n;
    w->now_ms = wire_monotonic_ms();
    conn_accept(w, fd, address, listener == w->metrics_listener);
}

/* Out of descriptors: stop accepting until the next tick instead of spinning. */
static void on_accept_error(struct evconnlistener *listener, void *ctx)
{
    (void)ctx;
    (void)evconnlistener_disable(listener); /* the tick enables it again */
}

static struct evconnlistener *listener_on(wire *w, const struct sockaddr *address, int n)
{
    struct evconnlistener *listener = evconnlistener_new_bind(
        w->base, on_connection, w, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
        WIRE_ACCEPT_BACKLOG, address, n);
    if (listener)
        evconnlistener_set_error_cb(listener, on_accept_error);
    return listener;
}

/* A socket file left by a process that is gone is removed; one that answers is somebody's. */
static bool remove_stale(const struct sockaddr_un *address)
{
    struct stat about;
    if (lstat(address->sun_path, &about) != 0)
        return errno == ENOENT;
    if (!S_ISSOCK(about.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    int answered = connect(fd, (const struct sockaddr *)address, sizeof *address);
    (void)close(fd); /* only to ask */
    return answered != 0 && errno == ECONNREFUSED && unlink(address->sun_path) == 0;
}

static hk_err open_unix(wire *w, const char *path, const char **ret_problem)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof address.sun_path) {
        *ret_problem = "the path of the Unix socket is too long";
        return HK_BAD;
    }
    memcpy(address.sun_path, path, n);
    if (!remove_stale(&address)) {
        *ret_problem = "the Unix socket is in use, or something else stands at its path";
        return HK_BAD;
    }
    mode_t before = umask(0117); /* rw for owner and group: the proxy is in our group */
    w->listener = listener_on(w, (const struct sockaddr *)&address, sizeof address);
    (void)umask(before); /* cannot fail */
    if (!w->listener) {
        *ret_problem = "the Unix socket cannot be opened: does its directory exist, and may we write there?";
        return HK_BAD;
    }
    w->listens_to_unix = true;
    return HK_OK;
}

bool listen_is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return (ntohl(in.sin_addr.s_addr) >> 24) == 127;
    }
    if (address->sa_family != AF_INET6)
        return false;
    struct sockaddr_in6 in6;
    memcpy(&in6, address, sizeof in6);
    return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
}

static int port_of(struct evconnlistener *listener)
{
    struct sockaddr_storage address;
    socklen_t n = sizeof address;
    if (getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&address, &n) != 0)
        return 0;
    uint16_t port;
    memcpy(&port, (const uint8_t *)&address + offsetof(struct sockaddr_in, sin_port), sizeof port);
    return ntohs(port); /* stands at the same place in sockaddr_in6 */
}

/* As many descriptors as we may have: each connection is one. */
static void raise_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    rlim_t wanted = WIRE_CONNECTIONS + WIRE_SPARE_FILES;
    if (limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* then fewer people fit, and accepting pauses when it is full */
}

hk_err listen_open(wire *w, const char **ret_problem)
{
    struct sockaddr_storage address;
    int n = sizeof address;
    raise_files();
    if (w->options.metrics) {
        if (evutil_parse_sockaddr_port(w->options.metrics, (struct sockaddr *)&address, &n) != 0 ||
            !listen_is_loopback((struct sockaddr *)&address)) {
            *ret_problem = "metrics may listen on a loopback address only, as 127.0.0.1:PORT";
            return HK_BAD;
        }
        w->metrics_listener = listener_on(w, (struct sockaddr *)&address, n);
        if (!w->metrics_listener) {
            *ret_problem = "the metrics' port is in use, or not allowed";
            return HK_BAD;
        }
    }
    if (strncmp(w->options.listen, "unix:", 5) == 0)
        return open_unix(w, w->options.listen + 5, ret_problem);
    n = sizeof address;
    if (evutil_parse_sockaddr_port(w->options.listen, (struct sockaddr *)&address, &n) != 0) {
        *ret_problem = "the address to listen on is not of the form 127.0.0.1:8080, [::1]:8080 or unix:PATH";
        return HK_BAD;
    }
    w->listener = listener_on(w, (struct sockaddr *)&address, n);
    if (!w->listener) {
        *ret_problem = "the port is in use, or not allowed";
        return HK_BAD;
    }
    w->port = port_of(w->listener);
    return HK_OK;
}

void listen_close(wire *w)
{
    if (w->listener)
        evconnlistener_free(w->listener);
    if (w->metrics_listener)
        evconnlistener_free(w->metrics_listener);
    if (w->listener && w->listens_to_unix)
        (void)unlink(w->options.listen + 5); /* if it stays, the next start removes it */
    w->listener = w->metrics_listener = NULL;
}
