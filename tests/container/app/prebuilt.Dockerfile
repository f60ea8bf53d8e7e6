# SPDX-License-Identifier: Apache-2.0
# The last stage of the Dockerfile around a static binary that is there already: for whoever works on these cases.
FROM scratch
COPY headgate /headgate
USER 65532:65532
ENTRYPOINT ["/headgate", "run", "--"]
