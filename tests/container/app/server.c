/* SPDX-License-Identifier: Apache-2.0
 * The smallest server for an image without anything else: it answers every request with who it is.
 * Static, so that the image needs no library; PID 1 must handle SIGTERM itself. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void leave(int signal_number) {
    (void)signal_number;
    _exit(0);
}

static void answer(int client) {
    char request[1024];
    if (read(client, request, sizeof request) <= 0) return;
    char body[256];
    const int size = snprintf(body, sizeof body, "pid=%d uid=%d headgate_url=%s\n", (int)getpid(), (int)getuid(),
                              getenv("HEADGATE_DATABASE_URL") ? "leaked" : "removed");
    char head[128];
    const int head_size = snprintf(head, sizeof head, "HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n", size);
    if (write(client, head, (size_t)head_size) == head_size) (void)!write(client, body, (size_t)size);
}

int main(int count, char** arguments) {
    if (count != 2) return 64;
    signal(SIGTERM, leave);
    signal(SIGPIPE, SIG_IGN);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((unsigned short)atoi(arguments[1]));
    if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0 || listen(listener, 16) != 0) {
        perror("server");
        return 1;
    }
    fprintf(stderr, "server: listening\n");
    for (;;) {
        const int client = accept(listener, NULL, NULL);
        if (client < 0) continue;
        answer(client);
        close(client);
    }
}
