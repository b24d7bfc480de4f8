package io.iotdarelay.egress;

import java.net.URI;

/**
 * Where an HTTPS server is: a scheme, a host, and optionally a port.
 *
 * @param uri with a slash at its end or without
 */
public record Origin(URI uri) {

    private static final int HTTPS_PORT = 443;

    /** Whether it is one, with nothing after it. */
    public static boolean isOne(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme())
                && uri.getHost() != null
                && uri.getUserInfo() == null
                && (uri.getPath().isEmpty() || uri.getPath().equals("/"))
                && uri.getQuery() == null
                && uri.getFragment() == null;
    }

    /** Without a slash at the end. */
    public String text() {
        String text = uri.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /** A name or an address; without the brackets that an IPv6 address has in a URL. */
    public String host() {
        String host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** That of HTTPS, unless the address names another. */
    public int port() {
        return uri.getPort() < 0 ? HTTPS_PORT : uri.getPort();
    }

    /** What the header {@code host} says: the port of HTTPS is left out. */
    public String authority() {
        return port() == HTTPS_PORT ? uri.getHost() : uri.getRawAuthority();
    }
}
