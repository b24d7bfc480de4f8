package io.iotdarelay.egress;

import io.iotdarelay.settings.SecretFile;
import io.netty.channel.ChannelException;
import io.netty.handler.codec.CodecException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Explains failures of connections and of requests that got no response. */
public final class NetworkFailures {

    private static final int MAX_DESCRIPTION = 300;

    private final String host;
    private final Optional<ProxyProperties> proxy;
    private final String proxyKey;

    /**
     * Failures on one way.
     *
     * @param host the platform's
     * @param proxy the proxy on the way, if there is one
     * @param proxyKey where it is configured
     */
    NetworkFailures(String host, Optional<ProxyProperties> proxy, String proxyKey) {
        this.host = host;
        this.proxy = proxy;
        this.proxyKey = proxyKey;
    }

    /** What it means. */
    public NetworkTrouble classify(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Optional<NetworkTrouble> known = known(cause);
            if (known.isPresent()) {
                return known.get();
            }
        }
        return unavailable(proxy.filter(through -> isUnconnected(failure))
                .map(through -> through.name() + " cannot be reached: " + describe(failure))
                .orElseGet(() -> describe(failure) + onTheWay()));
    }

    private Optional<NetworkTrouble> known(Throwable cause) {
        if (isUntrusted(cause)) {
            return Optional.of(
                    misconfigured("the server did not prove to be the platform: " + distrust(cause) + onTheWay()));
        }
        return switch (cause) {
            case NotSslRecordException ignored ->
                Optional.of(misconfigured("the server does not speak TLS" + onTheWay()));
            case UnknownHostException unknown -> Optional.of(unavailable(unresolved(unknown)));
            case SecretFile.UnreadableException unreadable ->
                Optional.of(misconfigured("the credentials of " + proxyKey + ": " + unreadable.getMessage()));
            case ProxyConnectException refused ->
                proxy.map(through -> new ProxyFailures(through, host).classify(refused));
            default -> Optional.empty();
        };
    }

    /** The connection itself could not be made, which with a proxy is the one to it. */
    private static boolean isUnconnected(Throwable failure) {
        return failure instanceof ConnectException || failure instanceof NoRouteToHostException;
    }

    /** How a message ends where a proxy may have to do with it. */
    public String onTheWay() {
        return proxy.map(through -> ", through " + through.name()).orElse("");
    }

    private String unresolved(UnknownHostException unknown) {
        String name = proxy.map(through -> "the proxy's name " + through.host()).orElse(host);
        return "cannot resolve " + name + (isUnanswered(unknown) ? ": DNS does not answer" : "");
    }

    private static boolean isUnanswered(Throwable unknown) {
        for (Throwable cause = unknown; cause != null; cause = cause.getCause()) {
            if (cause instanceof Names.NoAnswerException || cause instanceof DnsNameResolverTimeoutException) {
                return true;
            }
        }
        return false;
    }

    private static NetworkTrouble misconfigured(String why) {
        return new NetworkTrouble(why, true);
    }

    private static NetworkTrouble unavailable(String why) {
        return new NetworkTrouble(why, false);
    }

    private static boolean isUntrusted(Throwable cause) {
        return cause instanceof CertificateException
                || cause instanceof CertPathBuilderException
                || cause instanceof CertPathValidatorException
                || cause instanceof SSLPeerUnverifiedException;
    }

    /** In plain words if known, followed by the exception's own. */
    private static String distrust(Throwable untrusted) {
        String plainly = "";
        for (Throwable cause = untrusted; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof CertificateExpiredException) {
                plainly = "the certificate has expired";
            } else if (cause instanceof CertificateNotYetValidException) {
                plainly = "the certificate is not valid yet";
            } else if (cause instanceof CertPathBuilderException || isBadlySigned(cause)) {
                plainly = "the certificate is not signed by a trusted authority";
            } else if (message.startsWith("No subject alternative ") || message.startsWith("No name matching ")) {
                plainly = "the certificate is for another host";
            }
        }
        return plainly.isEmpty() ? describe(untrusted) : plainly + " (" + describe(untrusted) + ")";
    }

    private static boolean isBadlySigned(Throwable cause) {
        return cause instanceof CertPathValidatorException invalid
                && invalid.getReason() == CertPathValidatorException.BasicReason.INVALID_SIGNATURE;
    }

    /** Short, and on one line. Other exceptions than I/O failures may quote what the server sent, so only their type is shown. */
    private static String describe(Throwable failure) {
        String kind = failure.getClass().getSimpleName();
        String message = failure.getMessage();
        boolean quotes = !(failure instanceof IOException
                || failure instanceof ChannelException
                || failure instanceof CodecException
                || failure instanceof GeneralSecurityException);
        if (message == null || quotes) {
            return failure instanceof TimeoutException || message == null
                    ? kind
                    : "the response cannot be parsed (" + kind + ")";
        }
        String line = (kind + ": " + message).replaceAll("\\p{Cntrl}", " ");
        return line.length() <= MAX_DESCRIPTION ? line : line.substring(0, MAX_DESCRIPTION) + "...";
    }
}
