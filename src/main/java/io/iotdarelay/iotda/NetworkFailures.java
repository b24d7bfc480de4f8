package io.iotdarelay.iotda;

import io.iotdarelay.platform.Verdict;
import io.netty.channel.ChannelException;
import io.netty.handler.codec.CodecException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Classifies failures of requests that got no response. */
final class NetworkFailures {

    private static final int MAX_DESCRIPTION = 300;

    private NetworkFailures() {}

    static Verdict classify(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isUntrusted(cause)) {
                return new Verdict.Misconfigured(
                        "the server did not prove to be the platform: " + distrust(cause), Optional.empty());
            }
            if (cause instanceof NotSslRecordException) {
                return new Verdict.Misconfigured("the server does not speak TLS", Optional.empty());
            }
        }
        return new Verdict.Unavailable(describe(failure), Optional.empty(), Optional.empty());
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
