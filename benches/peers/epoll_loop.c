/* The least that a server can do: one epoll loop that answers every request with the same bytes.
 *
 * It is the yardstick of the engine and nothing more: no configuration, no cache, no limits, no errors. Each request
 * is taken to arrive in one piece. Usage: epoll_loop PORT BYTES */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, BUFFER = 16 * 1024 };

/* As many header lines as an edge sends. */
static const char HEAD[] = "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/plain\r\nContent-Length: %d\r\nConnection: keep-alive\r\n"
    "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\nCache-Control: max-age=3600\r\nAge: 1\r\nX-Cache: Hit from cloudfront\r\n"
    "Via: 1.1 0123456789abcdef0123456789abcdef.cloudfront.net (CloudFront)\r\nX-Amz-Cf-Pop: LOC50-P1\r\n"
    "X-Amz-Cf-Id: 0123456789abcdef0123456789abcdef0123456789abcdef01234567\r\n\r\n";

static int listening(int port) {
    int one = 1, descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) || listen(descriptor, 4096)) {
        perror("epoll_loop");
        exit(1);
    }
    return descriptor;
}

static void watch(int epoll, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    int one = 1, bytes = atoi(arguments[2]);
    char *answer = malloc(sizeof HEAD + 16 + bytes), buffer[BUFFER];
    int length = sprintf(answer, HEAD, bytes);
    memset(answer + length, 'x', bytes);
    length += bytes;
    int server = listening(atoi(arguments[1])), epoll = epoll_create1(0);
    watch(epoll, server);
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        for (int index = 0; index < ready; index++) {
            int descriptor = events[index].data.fd;
            if (descriptor == server) {
                int viewer = accept4(server, NULL, NULL, SOCK_NONBLOCK);
                if (viewer >= 0) {
                    setsockopt(viewer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    watch(epoll, viewer);
                }
            } else if (recv(descriptor, buffer, BUFFER, 0) <= 0 ||
                       send(descriptor, answer, length, MSG_NOSIGNAL) != length) {
                close(descriptor);
            }
        }
    }
}
