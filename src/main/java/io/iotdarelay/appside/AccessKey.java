package io.iotdarelay.appside;

/**
 * What requests are signed with. It is never printed.
 *
 * @param id the access key ID (AK)
 * @param secret the secret access key (SK)
 */
record AccessKey(String id, String secret) {

    @Override
    public String toString() {
        return "(access key)";
    }
}
