package io.iotdarelay.egress;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/** TLS as a client. */
public final class ClientTls {

    private ClientTls() {}

    /** TLS 1.2 or 1.3, with a bundle's trust store, and its certificate if it has one; without a bundle with the JVM's trust. */
    public static SslContext context(@Nullable SslBundle bundle) {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(io.netty.handler.ssl.SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2");
        try {
            if (bundle != null) {
                builder.trustManager(bundle.getManagers().getTrustManagerFactory());
                if (bundle.getStores().getKeyStore() != null) {
                    builder.keyManager(bundle.getManagers().getKeyManagerFactory());
                }
            }
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }
}
