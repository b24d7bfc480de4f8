package io.iotdarelay.iotda;

import io.netty.channel.ChannelException;
import io.netty.handler.codec.CodecException;
import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Says what it means that there is no answer. */
final class NetworkFailures {

    private NetworkFailures() {}

    /** Whether the network or the other side can have caused this; else it is a defect of ours. */
    static boolean isOne(Throwable failure) {
        return failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof ChannelException
                || failure instanceof CodecException;
    }

    static Verdict classify(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isUntrusted(cause)) {
                return new Verdict.Misconfigured(
                        "the server did not prove to be the platform: " + describe(cause), Optional.empty());
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

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName()
                : failure.getClass().getSimpleName() + ": " + message;
    }
}
