package io.iotdarelay.tls;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/**
 * What a bundle's files contain. Two are equal if the same certificates and keys are in them: a mounted Secret is written anew at times
 * without a change.
 *
 * @param keys what is presented to others, by alias
 * @param trusted who is trusted, by alias
 */
record BundleContents(Map<String, List<Object>> keys, Map<String, List<Object>> trusted) {

    static BundleContents of(SslBundle sound) {
        try {
            return new BundleContents(
                    entries(sound.getStores().getKeyStore(), BundleCheck.password(sound)),
                    entries(sound.getStores().getTrustStore(), null));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a store that was read cannot be read", e);
        }
    }

    private static Map<String, List<Object>> entries(@Nullable KeyStore store, char @Nullable [] password)
            throws GeneralSecurityException {
        Map<String, List<Object>> entries = new TreeMap<>();
        if (store == null) {
            return entries;
        }
        for (String alias : Collections.list(store.aliases())) {
            Certificate[] chain = store.getCertificateChain(alias);
            Certificate single = store.getCertificate(alias);
            if (chain == null && single == null) {
                continue; // a secret key, which TLS does not use
            }
            List<Object> entry = new ArrayList<>(chain == null ? List.of(single) : List.of(chain));
            Key key = store.isKeyEntry(alias) ? store.getKey(alias, password) : null;
            if (key != null) {
                byte[] encoded = key.getEncoded();
                entry.add(encoded == null ? key : ByteBuffer.wrap(encoded));
            }
            entries.put(alias, entry);
        }
        return entries;
    }

    @Override
    public String toString() {
        return "(contents of a bundle)";
    }
}
