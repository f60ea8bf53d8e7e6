/* SPDX-License-Identifier: Apache-2.0
 * The smallest server for an image without anything else: it answers every request with who it is.
 * Static, so that the image needs no library; PID 1 must handle SIGTERM itself.
 * PORT=N is where it listens. ORPHAN=1: it leaves an orphan behind, which ends at the first request, and like many
 * servers it reaps nobody it does not know. EAT_MB=N: it first takes that much memory. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void leave(int signal_number) {
    (void)signal_number;
    _exit(0);
}

/* The orphan lives until the descriptor that is returned is closed. */
static int leave_orphan(void) {
    int line[2];
    if (pipe(line) != 0) _exit(1);
    const pid_t child = fork();
    if (child == 0) {
        if (fork() != 0) _exit(0);
        char byte;
        close(line[1]);
        _exit(read(line[0], &byte, 1) == 0 ? 0 : 1);
    }
    waitpid(child, NULL, 0);
    close(line[0]);
    return line[1];
}

static void eat(size_t megabytes) {
    const size_t size = megabytes << 20;
    char* food = malloc(size);
    if (food != NULL) memset(food, 1, size);
    /* Read back, or the compiler would leave it all out. */
    if (food == NULL || food[size / 2] != 1) _exit(1);
}

static int number_of(const char* name, int otherwise) {
    const char* text = getenv(name);
    return text != NULL ? atoi(text) : otherwise;
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

int main(void) {
    if (getenv("EAT_MB") != NULL) eat((size_t)number_of("EAT_MB", 0));
    int orphans_line = getenv("ORPHAN") != NULL ? leave_orphan() : -1;
    signal(SIGTERM, leave);
    signal(SIGPIPE, SIG_IGN);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((unsigned short)number_of("PORT", 8000));
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
        if (orphans_line >= 0) close(orphans_line);
        orphans_line = -1;
    }
}
