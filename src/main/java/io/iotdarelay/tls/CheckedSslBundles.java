package io.iotdarelay.tls;

import io.iotdarelay.settings.InvalidSettingsException;
import io.iotdarelay.settings.SettingsProblem;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;

/**
 * Bundles that are usable. A renewed one is used once it has been read and is consistent; until then the previous one stays.
 * A bundle that is handed out always returns what is in use, so that callers may keep it, and ask it for each connection.
 */
public final class CheckedSslBundles extends DefaultSslBundleRegistry {

    /*
     * Spring Boot reads a bundle's files lazily and does not check them: a renewed bundle replaces
     * the previous one whatever it contains. Kafka's clients keep the bundle that they were created with, and ask it for each
     * connection.
     */

    private static final Logger log = LoggerFactory.getLogger(CheckedSslBundles.class);

    private final Map<String, TlsStatus> states = new ConcurrentHashMap<>();
    private final InstantSource time;

    /** None yet. */
    public CheckedSslBundles(InstantSource time) {
        this.time = time;
    }

    /** Takes the first state of a bundle, or throws {@link InvalidSettingsException}. */
    @Override
    public void registerBundle(String name, SslBundle bundle) {
        BundleCheck.problem(bundle).ifPresent(why -> {
            String kind = bundle.getStores() instanceof PemSslStoreBundle ? "pem" : "jks";
            throw new InvalidSettingsException(
                    List.of(new SettingsProblem("spring.ssl.bundle." + kind + "." + name, "cannot be used: " + why)));
        });
        super.registerBundle(name, bundle);
        states.put(name, inUse(name, bundle));
        addBundleUpdateHandler(name, renewed -> taken(name, renewed));
    }

    /** Takes the next state of a bundle, if it can be used and differs from what is in use. */
    @Override
    public void updateBundle(String name, SslBundle updated) {
        Optional<String> problem = BundleCheck.problem(updated);
        if (problem.isEmpty() && BundleContents.of(updated).equals(BundleContents.of(super.getBundle(name)))) {
            unchanged(name);
            return;
        }
        problem.or(() -> BundleCheck.expiry(updated, time.instant()))
                .ifPresentOrElse(why -> refuse(name, why), () -> super.updateBundle(name, updated));
    }

    @Override
    public SslBundle getBundle(String name) {
        SslBundle ignored = super.getBundle(name); // throws where there is none
        return new InUse(() -> super.getBundle(name));
    }

    /** The status of each, by name. */
    public List<TlsStatus> status() {
        return states.values().stream()
                .sorted(Comparator.comparing(TlsStatus::bundle))
                .toList();
    }

    private void taken(String name, SslBundle renewed) {
        TlsStatus now = inUse(name, renewed);
        states.put(name, now);
        log.atInfo()
                .addKeyValue("bundle", name)
                .addKeyValue("certificate", now.certificate().orElse("none"))
                .addKeyValue("expires", now.expires().map(Object::toString).orElse("never"))
                .log("Renewed certificates are in use, for new connections");
    }

    private void unchanged(String name) {
        TlsStatus before = states.get(name);
        if (before != null && before.refused().isPresent()) {
            states.put(name, before.accepted());
            log.atInfo().addKeyValue("bundle", name).log("The certificates in use are those of the files again");
        }
    }

    private void refuse(String name, String why) {
        TlsStatus before = states.get(name);
        if (before != null && !before.refused().equals(Optional.of(why))) {
            states.put(name, before.refusedFor(why));
            log.atError()
                    .addKeyValue("bundle", name)
                    .addKeyValue("reason", why)
                    .log("Renewed certificates cannot be used; the previous ones stay in use");
        }
    }

    private TlsStatus inUse(String name, SslBundle bundle) {
        Optional<X509Certificate> shown = BundleCheck.certificate(bundle);
        return new TlsStatus(
                name,
                time.instant(),
                shown.map(certificate -> certificate.getSerialNumber().toString(16)),
                shown.map(certificate -> certificate.getNotAfter().toInstant()),
                Optional.empty());
    }

    /** Returns what is in use at the time of the call. */
    private record InUse(Supplier<SslBundle> current) implements SslBundle {

        @Override
        public SslStoreBundle getStores() {
            return current.get().getStores();
        }

        @Override
        public SslBundleKey getKey() {
            return current.get().getKey();
        }

        @Override
        public SslOptions getOptions() {
            return current.get().getOptions();
        }

        @Override
        public String getProtocol() {
            return current.get().getProtocol();
        }

        @Override
        public SslManagerBundle getManagers() {
            return current.get().getManagers();
        }
    }
}
