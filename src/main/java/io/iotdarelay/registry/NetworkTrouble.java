package io.iotdarelay.registry;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Explains why there was no answer. */
final class NetworkTrouble {

    private static final int MAX_DESCRIPTION = 300;
    private static final Fetch.Failed SLOW = new Fetch.Failed("the schema registry does not answer in time", false);

    private NetworkTrouble() {}

    static Fetch.Failed of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FileSystemException file) {
                return new Fetch.Failed("the credentials of relay.registry cannot be read: " + line(file), true);
            }
            if (cause instanceof SslHandshakeTimeoutException) {
                return SLOW;
            }
            if (cause instanceof NotSslRecordException) {
                return new Fetch.Failed("the schema registry does not speak TLS", true);
            }
            if (cause instanceof GeneralSecurityException || cause instanceof SSLException) {
                return new Fetch.Failed("TLS with the schema registry fails: " + line(cause), true);
            }
        }
        if (failure instanceof TimeoutException) {
            return SLOW;
        }
        return new Fetch.Failed(
                "the schema registry cannot be reached: "
                        + (failure instanceof IOException
                                ? line(failure)
                                : failure.getClass().getSimpleName()),
                false);
    }

    private static String line(Throwable failure) {
        String text = (failure.getClass().getSimpleName() + ": " + failure.getMessage()).replaceAll("\\p{Cntrl}", " ");
        return text.length() <= MAX_DESCRIPTION ? text : text.substring(0, MAX_DESCRIPTION) + "...";
    }
}
