package io.iotdarelay;

import io.iotdarelay.commands.Configured.Bundle;
import io.iotdarelay.commands.Configured.Certificate;
import io.iotdarelay.commands.Configured.KeyFile;
import io.iotdarelay.settings.InvalidSettingsException;
import io.iotdarelay.tls.CheckedSslBundles;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.autoconfigure.ssl.SslProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.io.ApplicationResourceLoader;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.Resource;

/** The SSL bundles, each read and checked on its own, so that everything that is wrong is found at once. */
final class CommandTls {

    private final CheckedSslBundles usable;
    private final List<Bundle> bundles = new ArrayList<>();

    private CommandTls(Clock clock) {
        this.usable = new CheckedSslBundles(clock);
    }

    static CommandTls of(ConfigurableEnvironment environment, Clock clock) {
        SslProperties configured = Binder.get(environment).bindOrCreate("spring.ssl", SslProperties.class);
        CommandTls tls = new CommandTls(clock);
        configured.getBundle().getPem().forEach((name, pem) -> {
            List<KeyFile> files = new ArrayList<>();
            file(pem.getKeystore().getCertificate(), false, files);
            file(pem.getKeystore().getPrivateKey(), true, files);
            file(pem.getTruststore().getCertificate(), false, files);
            tls.add(name, () -> PropertiesSslBundle.get(pem), files);
        });
        configured.getBundle().getJks().forEach((name, jks) -> {
            List<KeyFile> files = new ArrayList<>();
            file(jks.getKeystore().getLocation(), true, files);
            file(jks.getTruststore().getLocation(), false, files);
            tls.add(name, () -> PropertiesSslBundle.get(jks), files);
        });
        return tls;
    }

    List<Bundle> bundles() {
        return List.copyOf(bundles);
    }

    Optional<SslBundle> bundle(String name) {
        try {
            return Optional.of(usable.getBundle(name));
        } catch (NoSuchSslBundleException e) {
            return Optional.empty();
        }
    }

    private void add(String name, Supplier<SslBundle> making, List<KeyFile> files) {
        Optional<String> problem = Optional.empty();
        List<Certificate> certificates = new ArrayList<>();
        try {
            SslBundle bundle = making.get();
            usable.registerBundle(name, bundle);
            certificates(bundle.getStores().getKeyStore(), true, certificates);
            certificates(bundle.getStores().getTrustStore(), false, certificates);
        } catch (InvalidSettingsException e) {
            problem = Optional.of(e.problems().getFirst().message());
        } catch (GeneralSecurityException | RuntimeException e) { // whatever it is, the bundle cannot be used
            problem = Optional.of("cannot be used: " + e.getMessage());
        }
        bundles.add(new Bundle(name, problem, List.copyOf(certificates), List.copyOf(files)));
    }

    private static void certificates(@Nullable KeyStore store, boolean own, List<Certificate> found)
            throws GeneralSecurityException {
        if (store != null) {
            for (String alias : Collections.list(store.aliases())) {
                if (store.getCertificate(alias) instanceof X509Certificate certificate) {
                    found.add(new Certificate(
                            certificate.getSubjectX500Principal().getName(),
                            certificate.getNotAfter().toInstant(),
                            own));
                }
            }
        }
    }

    /** A location, unless it is the content itself. */
    private static void file(@Nullable String location, boolean secret, List<KeyFile> files) {
        if (location == null || location.isBlank() || location.contains("-----BEGIN")) {
            return;
        }
        try {
            Resource resource = ApplicationResourceLoader.get().getResource(location);
            if (resource.isFile()) {
                files.add(new KeyFile(resource.getFile().toPath(), secret));
            }
        } catch (IOException | RuntimeException e) {
            // that it cannot be read is told by the bundle
        }
    }
}
