#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file system whose read() returns at most 40 bytes of a file, and whose entries have no type. */
ssize_t read(int fd, void *buf, size_t n) {
  static ssize_t (*real)(int, void *, size_t);
  if (!real) real = dlsym(RTLD_NEXT, "read");
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  /* Node itself does not expect this of its own modules. */
  if (n > 40 && length > 0) {
    path[length] = 0;
    if (strstr(path, "/docker/registry/v2/")) n = 40;
  }
  return real(fd, buf, n);
}

int scandir64(const char *path, struct dirent64 ***list, int (*keep)(const struct dirent64 *),
              int (*order)(const struct dirent64 **, const struct dirent64 **)) {
  static int (*real)(const char *, struct dirent64 ***, void *, void *);
  if (!real) real = dlsym(RTLD_NEXT, "scandir64");
  int n = real(path, list, (void *)keep, (void *)order);
  for (int i = 0; i < n; i++) (*list)[i]->d_type = DT_UNKNOWN;
  /* One entry is deleted before anybody asks what it is. */
  const char *gone = getenv("GONE");
  if (gone && n > 0) {
    char at[4096];
    strcpy(at, path);
    strcat(strcat(at, "/"), gone);
    rmdir(at);
  }
  return n;
}
