/* SPDX-License-Identifier: Apache-2.0
 * What the static archives of libpq and OpenSSL refer to and the shipped binary does without. Linked into static
 * executables only: an archive's member is taken when something is still missing, so a name defined here keeps the
 * real one, and all that it would need in turn, out of the binary.
 *
 * - GSSAPI (Kerberos): the distribution has no static library for it. A server that insists on it is answered with
 *   the text below; with gssencmode=prefer, libpq's default, libpq goes on with TLS and a password.
 * - LDAP: the same. libpq asks it only for an ldap:// line in a pg_service.conf.
 * - zlib and zstd: OpenSSL uses them for TLS compression (off since CRIME) and for compressed certificates (optional).
 *   NULL is what OpenSSL itself answers when it is built without them; neither is then offered to the server.
 *
 * The signatures follow RFC 2744 (GSSAPI), RFC 1823 (LDAP) and OpenSSL's <openssl/comp.h>. Handles are never made,
 * so pointers to them are `void *` here.
 */
#include <stddef.h>
#include <stdint.h>

/* GSSAPI: */

typedef struct {
    size_t length;
    void* value;
} gss_buffer;

enum { gss_complete = 0 };
static const uint32_t gss_unavailable = 16u << 16; /* GSS_S_UNAVAILABLE, a routine error */

void* GSS_C_NT_HOSTBASED_SERVICE = NULL;

uint32_t gss_acquire_cred(uint32_t* minor, void* name, uint32_t seconds, void* mechanisms, int usage, void** credential,
                          void* actual_mechanisms, uint32_t* actual_seconds) {
    (void)name, (void)seconds, (void)mechanisms, (void)usage, (void)actual_mechanisms, (void)actual_seconds;
    *minor = 0;
    *credential = NULL;
    return gss_unavailable;
}

uint32_t gss_delete_sec_context(uint32_t* minor, void** context, gss_buffer* token) {
    (void)token;
    *minor = 0;
    *context = NULL;
    return gss_complete;
}

/* libpq prints this after "GSSAPI name import error:" and its like; it frees nothing, see gss_release_buffer. */
uint32_t gss_display_status(uint32_t* minor, uint32_t status, int type, void* mechanism, uint32_t* more,
                            gss_buffer* text) {
    static char answer[] = "this program is built without GSSAPI (Kerberos)";
    (void)status, (void)type, (void)mechanism;
    *minor = 0;
    *more = 0;
    text->length = sizeof answer - 1;
    text->value = answer;
    return gss_complete;
}

uint32_t gss_import_name(uint32_t* minor, gss_buffer* text, void* type, void** name) {
    (void)text, (void)type;
    *minor = 0;
    *name = NULL;
    return gss_unavailable;
}

uint32_t gss_init_sec_context(uint32_t* minor, void* credential, void** context, void* name, void* mechanism,
                              uint32_t flags, uint32_t seconds, void* bindings, gss_buffer* input, void** actual,
                              gss_buffer* output, uint32_t* actual_flags, uint32_t* actual_seconds) {
    (void)credential, (void)context, (void)name, (void)mechanism, (void)flags, (void)seconds, (void)bindings;
    (void)input, (void)actual, (void)actual_flags, (void)actual_seconds;
    *minor = 0;
    output->length = 0;
    output->value = NULL;
    return gss_unavailable;
}

uint32_t gss_release_buffer(uint32_t* minor, gss_buffer* buffer) {
    *minor = 0;
    buffer->length = 0;
    buffer->value = NULL;
    return gss_complete;
}

uint32_t gss_release_cred(uint32_t* minor, void** credential) {
    *minor = 0;
    *credential = NULL;
    return gss_complete;
}

uint32_t gss_release_name(uint32_t* minor, void** name) {
    *minor = 0;
    *name = NULL;
    return gss_complete;
}

uint32_t gss_unwrap(uint32_t* minor, void* context, gss_buffer* input, gss_buffer* output, int* confidential,
                    uint32_t* quality) {
    (void)context, (void)input, (void)confidential, (void)quality;
    *minor = 0;
    output->length = 0;
    output->value = NULL;
    return gss_unavailable;
}

uint32_t gss_wrap(uint32_t* minor, void* context, int confidential, uint32_t quality, gss_buffer* input,
                  int* is_confidential, gss_buffer* output) {
    (void)context, (void)confidential, (void)quality, (void)input, (void)is_confidential;
    *minor = 0;
    output->length = 0;
    output->value = NULL;
    return gss_unavailable;
}

uint32_t gss_wrap_size_limit(uint32_t* minor, void* context, int confidential, uint32_t quality, uint32_t wanted,
                             uint32_t* limit) {
    (void)context, (void)confidential, (void)quality, (void)wanted;
    *minor = 0;
    *limit = 0;
    return gss_unavailable;
}

/* LDAP: */

enum { ldap_not_supported = -12 };

/* libpq gives up here ("could not create LDAP structure"): the others are referred to, and never reached. */
void* ldap_init(const char* host, int port) {
    (void)host, (void)port;
    return NULL;
}

int ldap_set_option(void* session, int option, const void* value) {
    (void)session, (void)option, (void)value;
    return ldap_not_supported;
}

int ldap_simple_bind(void* session, const char* user, const char* password) {
    (void)session, (void)user, (void)password;
    return ldap_not_supported;
}

int ldap_unbind(void* session) {
    (void)session;
    return ldap_not_supported;
}

int ldap_result(void* session, int id, int all, void* timeout, void** result) {
    (void)session, (void)id, (void)all, (void)timeout, (void)result;
    return ldap_not_supported;
}

int ldap_search_st(void* session, const char* base, int scope, const char* filter, char** attributes, int only_types,
                   void* timeout, void** result) {
    (void)session, (void)base, (void)scope, (void)filter, (void)attributes, (void)only_types, (void)timeout,
        (void)result;
    return ldap_not_supported;
}

int ldap_msgfree(void* message) {
    (void)message;
    return ldap_not_supported;
}

int ldap_count_entries(void* session, void* result) {
    (void)session, (void)result;
    return 0;
}

void* ldap_first_entry(void* session, void* result) {
    (void)session, (void)result;
    return NULL;
}

void* ldap_get_values_len(void* session, void* entry, const char* attribute) {
    (void)session, (void)entry, (void)attribute;
    return NULL;
}

void ldap_value_free_len(void* values) {
    (void)values;
}

char* ldap_err2string(int code) {
    static char answer[] = "this program is built without LDAP";
    (void)code;
    return answer;
}

/* OpenSSL's compression: */

void* COMP_zlib(void) {
    return NULL;
}
void* COMP_zlib_oneshot(void) {
    return NULL;
}
const void* BIO_f_zlib(void) {
    return NULL;
}
void ossl_comp_zlib_cleanup(void) {}
void* COMP_zstd(void) {
    return NULL;
}
void* COMP_zstd_oneshot(void) {
    return NULL;
}
const void* BIO_f_zstd(void) {
    return NULL;
}
void ossl_comp_zstd_cleanup(void) {}
