package io.iotdarelay.tls;

import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the bundles; they replace Spring Boot's, which trust whatever the files contain. */
@Configuration(proxyBeanMethods = false)
public class TlsConfiguration {

    @Bean
    CheckedSslBundles sslBundles(ObjectProvider<SslBundleRegistrar> registrars, Clock clock) {
        CheckedSslBundles bundles = new CheckedSslBundles(clock);
        registrars.orderedStream().forEach(registrar -> registrar.registerBundles(bundles));
        return bundles;
    }
}
