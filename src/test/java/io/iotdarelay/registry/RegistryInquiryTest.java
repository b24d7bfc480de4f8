package io.iotdarelay.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.schemas.SchemaKey;
import io.iotdarelay.testing.FakeRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RegistryInquiryTest {

    private static final String SCHEMA = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}";
    private static final SchemaKey SEVEN = new SchemaKey.Id(7);
    private static final String NOWHERE = "http://127.0.0.1:1";

    private static RegistryInquiry inquiry(String... urls) {
        List<URI> addresses = Stream.of(urls).map(URI::create).toList();
        return new RegistryInquiry(
                new RegistryProperties(
                        addresses, null, null, null, null, null, null, Duration.ofSeconds(2), Duration.ofSeconds(2)),
                null);
    }

    @Test
    void asksOnceForASchema() {
        try (FakeRegistry registry = FakeRegistry.start().with(7, "AVRO", SCHEMA);
                RegistryInquiry inquiry = inquiry(registry.url())) {
            assertThat(inquiry.lookup(SEVEN)).isInstanceOf(Lookup.Known.class);
            assertThat(inquiry.lookup(SEVEN)).isInstanceOf(Lookup.Known.class);
            assertThat(registry.asked()).hasSize(1);
        }
    }

    @Test
    void asksTheNextAddressWhereOneFailsOrLacksIt() {
        try (FakeRegistry empty = FakeRegistry.start();
                FakeRegistry registry = FakeRegistry.start().with(7, "AVRO", SCHEMA);
                RegistryInquiry inquiry = inquiry(NOWHERE, empty.url(), registry.url())) {
            assertThat(inquiry.lookup(SEVEN)).isInstanceOf(Lookup.Known.class);
            assertThat(inquiry.ask()).singleElement().asString().contains("cannot be reached");
        }
    }

    @Test
    void whatNobodyHasOrCanUseIsUnreadable() {
        try (FakeRegistry registry = FakeRegistry.start().with(8, "AVRO", "{");
                RegistryInquiry inquiry = inquiry(registry.url())) {
            assertThat(inquiry.lookup(SEVEN)).isEqualTo(new Lookup.Unreadable("the registry does not have schema 7"));
            assertThat(inquiry.lookup(new SchemaKey.Id(8)))
                    .isInstanceOfSatisfying(
                            Lookup.Unreadable.class,
                            unreadable -> assertThat(unreadable.detail()).startsWith("schema 8 cannot be used: "));
        }
    }

    @Test
    void afterAFailureNothingMoreIsAsked() {
        try (FakeRegistry registry = FakeRegistry.requiring("Bearer x").with(7, "AVRO", SCHEMA);
                RegistryInquiry inquiry = inquiry(registry.url())) {
            for (int i = 0; i < 100; i++) {
                assertThat(inquiry.lookup(new SchemaKey.Id(i))).isInstanceOf(Lookup.Awaited.class);
            }
            assertThat(inquiry.reason(SEVEN)).contains("answers 401");
            assertThat(registry.asked()).hasSize(1);
        }
    }
}
