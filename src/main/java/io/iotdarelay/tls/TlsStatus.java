package io.iotdarelay.tls;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of one bundle.
 *
 * @param bundle its name
 * @param since since when what is in use has been in use
 * @param certificate the serial number of the certificate that is shown to others, in hexadecimal; empty where there is only trust
 * @param expires when that certificate expires
 * @param refused why what stands in the files now is not in use; empty while it is
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
}
