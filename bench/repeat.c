/* SPDX-License-Identifier: Apache-2.0
 * Runs commands by turns and prints a line for each: median and least wall time in microseconds, the largest resident
 * memory in kilobytes, and how many runs failed. By turns, so that a noisy minute hits all alike; in C, because a child
 * counts the memory of the process that started it as its own until it has become another program.
 * Usage: repeat ROUNDS COMMAND… [--- COMMAND…]… */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { most_commands = 16 };
extern char** environ;

struct command {
    char** arguments;
    double* microseconds;
    long largest;
    int failures;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void run(struct command* command, int round, const posix_spawn_file_actions_t* quiet) {
    pid_t child;
    int status = 1;
    struct rusage usage = {0};
    const double started = now();
    if (posix_spawnp(&child, command->arguments[0], quiet, NULL, command->arguments, environ) == 0)
        wait4(child, &status, 0, &usage);
    command->microseconds[round] = now() - started;
    if (usage.ru_maxrss > command->largest) command->largest = usage.ru_maxrss;
    if (status != 0) ++command->failures;
}

static int compare(const void* left, const void* right) {
    const double difference = *(const double*)left - *(const double*)right;
    return (difference > 0) - (difference < 0);
}

/* Cuts the arguments at "---". */
static int split(char** arguments, struct command* commands, int rounds) {
    int count = 0;
    while (*arguments != NULL && count < most_commands) {
        commands[count].arguments = arguments;
        commands[count].microseconds = calloc((size_t)rounds, sizeof(double));
        ++count;
        while (*arguments != NULL && strcmp(*arguments, "---") != 0) ++arguments;
        if (*arguments != NULL) *arguments++ = NULL;
    }
    return count;
}

int main(int count, char** arguments) {
    const int rounds = count > 2 ? atoi(arguments[1]) : 0;
    if (rounds < 1) return 64;
    struct command commands[most_commands] = {0};
    const int number = split(arguments + 2, commands, rounds);
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    for (int round = 0; round < rounds; ++round)
        for (int i = 0; i < number; ++i) run(&commands[i], round, &quiet);
    for (int i = 0; i < number; ++i) {
        qsort(commands[i].microseconds, (size_t)rounds, sizeof(double), compare);
        printf("%.0f %.0f %ld %d\n", commands[i].microseconds[rounds / 2], commands[i].microseconds[0],
               commands[i].largest, commands[i].failures);
        free(commands[i].microseconds);
    }
    return 0;
}
