# SPDX-License-Identifier: Apache-2.0
# An application's image as users have it: a distribution, an interpreter, and the two lines that add headgate. It has
# two servers: Python's, which needs the distribution, and the static one, which is the same in every image.
ARG headgate
ARG scratch
ARG base
FROM $headgate AS headgate
FROM $scratch AS static

FROM $base
COPY --from=headgate /headgate /headgate
COPY --from=static /server /server
COPY examples/demo/server.py /app/server.py
COPY migrations /migrations
USER 65532:65532
ENTRYPOINT ["/headgate", "run", "--"]
CMD ["python3", "/app/server.py"]
