package io.iotdarelay.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Authority;
import io.iotdarelay.testing.LocalKafka;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.junit.jupiter.api.Test;

/** What the check finds where a broker is, with the protocol and the credentials that it expects, and with others. */
class BootstrapIT {

    private static final Authority AUTHORITY = Authority.create();

    @Test
    void findsNothingInTheWayToABroker() {
        assertThat(check(LocalKafka.shared().bootstrapServers(), Map.of())).isEqualTo(Reach.WHOLE);
        assertThat(check("nowhere.invalid:9092," + LocalKafka.shared().bootstrapServers(), Map.of()))
                .isEqualTo(Reach.WHOLE);
    }

    @Test
    void comparesTheProtocolWithThatOfThePort() {
        try (LocalKafka kafka = LocalKafka.withTls(AUTHORITY)) {
            String tls = kafka.otherBootstrapServers();
            String plain = kafka.bootstrapServers();
            assertThat(check(tls, ssl(AUTHORITY))).isEqualTo(Reach.WHOLE);
            assertThat(check(tls, ssl(Authority.create())).trouble())
                    .hasValueSatisfying(why ->
                            assertThat(why).startsWith("cannot reach Kafka: " + tls + ": the TLS handshake failed: "));
            assertThat(check(plain, ssl(AUTHORITY)).trouble())
                    .contains("cannot reach Kafka: " + plain + " does not speak TLS, but security.protocol is SSL: it"
                            + " closed the connection");
            assertThat(check(tls, Map.of()).trouble())
                    .contains("cannot reach Kafka: " + tls + " speaks TLS, but security.protocol is PLAINTEXT");
            assertThat(check(tls, sasl("relay", "word")).trouble())
                    .contains("cannot reach Kafka: " + tls + " speaks TLS, but security.protocol is SASL_PLAINTEXT");
        }
    }

    @Test
    void authenticates() {
        try (LocalKafka kafka = LocalKafka.withPermissions(Map.of("relay", "word"))) {
            String address = kafka.otherBootstrapServers();
            assertThat(check(address, sasl("relay", "word"))).isEqualTo(Reach.WHOLE);
            assertThat(check(address, sasl("relay", "wrong")).trouble())
                    .hasValueSatisfying(why -> assertThat(why)
                            .startsWith("cannot reach Kafka: " + address + ": authentication failed: ")
                            .doesNotContain("wrong"));
            assertThat(check(address, Map.of()).trouble())
                    .contains("cannot reach Kafka: " + address + " closes the connection when it is asked for the"
                            + " brokers: does it expect SASL? security.protocol is PLAINTEXT");
            assertThat(check(kafka.bootstrapServers(), sasl("relay", "word")).trouble())
                    .hasValueSatisfying(why -> assertThat(why).contains("handshake"));
        }
    }

    @Test
    void namesWhatIsAdvertisedAndCannotBeResolved() {
        try (LocalKafka kafka = LocalKafka.advertising("broker.invalid")) {
            String address = kafka.otherBootstrapServers();
            String advertised = address.replace("127.0.0.1", "broker.invalid");

            Reach reach = check(address, Map.of());

            assertThat(reach.unreachable()).containsExactly("broker 1: cannot resolve " + advertised);
            assertThat(reach.trouble())
                    .contains("cannot reach Kafka: " + address + " answers, but not what it advertises: broker 1:"
                            + " cannot resolve " + advertised);
        }
    }

    private static Reach check(String servers, Map<String, String> more) {
        Map<String, Object> configuration = new HashMap<>(more);
        configuration.put("bootstrap.servers", servers);
        return new Bootstrap(configuration).check();
    }

    private static Map<String, String> ssl(Authority trusted) {
        return Map.of(
                "security.protocol", "SSL", "ssl.truststore.type", "PEM", "ssl.truststore.certificates", trusted.pem());
    }

    private static Map<String, String> sasl(String user, String password) {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                PlainLoginModule.class.getName() + " required username=" + user + " password=" + password + ";");
    }
}
