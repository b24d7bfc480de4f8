package io.iotdarelay.tls;

import java.time.Instant;
import java.util.Optional;

/**
 * The state of one bundle.
 *
 * @param bundle its name
 * @param since since when the current content has been in use
 * @param certificate the serial number of the certificate that is presented to others, in hexadecimal; empty if there is
 * only a trust store
 * @param expires when that certificate expires
 * @param refused why the current files are not in use; empty while they are
 */
public record TlsStatus(
        String bundle,
        Instant since,
        Optional<String> certificate,
        Optional<Instant> expires,
        Optional<String> refused) {

    TlsStatus refusedFor(String why) {
        return new TlsStatus(bundle, since, certificate, expires, Optional.of(why));
    }

    TlsStatus accepted() {
        return new TlsStatus(bundle, since, certificate, expires, Optional.empty());
    }
}
