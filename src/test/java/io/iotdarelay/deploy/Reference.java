package io.iotdarelay.deploy;

/**
 * Something that an object names.
 *
 * @param key a key in a Secret or ConfigMap; empty where the whole object is meant
 */
record Reference(String kind, String name, String key) {

    @Override
    public String toString() {
        return kind + " " + name + (key.isEmpty() ? "" : ", key " + key);
    }
}
