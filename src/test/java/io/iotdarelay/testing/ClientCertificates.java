package io.iotdarelay.testing;

import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.kafka.common.security.auth.AuthenticationContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SaslAuthenticationContext;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;

/** Has a broker in this process note the serial numbers of the certificates over whose connections requests come. */
public final class ClientCertificates extends DefaultKafkaPrincipalBuilder {

    private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

    /** Called by the broker. */
    public ClientCertificates() {
        super(null, null);
    }

    /** The serial numbers that came since {@link #forget()}, in hexadecimal. */
    public static Set<String> seen() {
        return Set.copyOf(SEEN);
    }

    public static void forget() {
        SEEN.clear();
    }

    @Override
    public KafkaPrincipal build(AuthenticationContext context) {
        if (context instanceof SaslAuthenticationContext sasl) {
            SEEN.add(sasl.sslSession().map(ClientCertificates::serial).orElse("none"));
        }
        return KafkaPrincipal.ANONYMOUS;
    }

    private static String serial(SSLSession session) {
        try {
            X509Certificate shown = (X509Certificate) session.getPeerCertificates()[0];
            return shown.getSerialNumber().toString(16);
        } catch (SSLPeerUnverifiedException e) {
            return "none";
        }
    }
}
