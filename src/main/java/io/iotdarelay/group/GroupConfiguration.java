package io.iotdarelay.group;

import io.iotdarelay.pauses.DeskProperties;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Wires the way to the other instances. */
@Configuration(proxyBeanMethods = false)
public class GroupConfiguration {

    private static final String PEERS = "relay.desk.peers";
    private static final String MANAGEMENT_SSL = "management.server.ssl.";

    /** Whether there is somebody to ask. */
    static final class HasPeers implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !context.getEnvironment().getProperty(PEERS, "").isBlank();
        }
    }

    @Bean(destroyMethod = "close")
    @Conditional(HasPeers.class)
    DnsAddresses peerAddresses(DeskProperties desk) {
        return new DnsAddresses(desk.peerHost(), desk.peerPort());
    }

    /** By TLS if the port is served so; a port of management has its own {@code ssl}, or else that of the server. */
    @Bean(destroyMethod = "close")
    Group group(
            DeskProperties desk,
            ObjectProvider<PeerAddresses> addresses,
            Environment environment,
            SslBundles bundles,
            RandomGenerator random) {
        String port = environment.getProperty("management.server.port", "");
        boolean isSeparate = !port.isBlank() && !port.equals(environment.getProperty("server.port", "8080"));
        boolean isOwn = isSeparate
                && Stream.of("enabled", "bundle", "certificate", "key-store")
                        .anyMatch(key -> environment.containsProperty(MANAGEMENT_SSL + key));
        String ssl = isOwn ? MANAGEMENT_SSL : "server.ssl.";
        String served = environment.getProperty(ssl + "bundle", "");
        boolean tls = (!served.isBlank()
                        || !environment.getProperty(ssl + "certificate", "").isBlank()
                        || !environment.getProperty(ssl + "key-store", "").isBlank())
                && environment.getProperty(ssl + "enabled", Boolean.class, true);
        String trusted = desk.sslBundle().isEmpty() ? served : desk.sslBundle();
        return new Group(
                desk.peers(),
                Optional.ofNullable(addresses.getIfAvailable()),
                new PeerClient(
                        tls, () -> trusted.isBlank() ? Optional.empty() : Optional.of(bundles.getBundle(trusted))),
                () -> HexFormat.of().toHexDigits(random.nextLong())
                        + HexFormat.of().toHexDigits(random.nextLong()));
    }
}
