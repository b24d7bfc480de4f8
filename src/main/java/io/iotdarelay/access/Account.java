package io.iotdarelay.access;

/**
 * Somebody who may log in.
 *
 * @param password as configured: plain, or encoded with the encoding's name in braces
 */
record Account(String name, String password, Role role) {

    boolean isEncoded() {
        return password.matches("(?s)\\{[^{}]+}.*");
    }

    @Override
    public String toString() {
        return "Account[name=" + name + ", role=" + role + "]";
    }
}
