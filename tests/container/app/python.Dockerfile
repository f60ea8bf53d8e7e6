# SPDX-License-Identifier: Apache-2.0
# An application's image as users have it: a distribution, an interpreter, and the two lines that add headgate.
ARG headgate
ARG toolchain
FROM $headgate AS headgate

FROM $toolchain
COPY --from=headgate /headgate /headgate
COPY examples/demo/server.py /app/server.py
COPY migrations /migrations
USER 65532:65532
ENTRYPOINT ["/headgate", "run", "--"]
CMD ["python3", "/app/server.py"]
