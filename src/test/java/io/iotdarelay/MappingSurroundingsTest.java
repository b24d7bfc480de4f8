package io.iotdarelay;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.Format;
import io.iotdarelay.decode.JsonRecordDecoder;
import io.iotdarelay.mapping.MappingFile;
import io.iotdarelay.mapping.RouteCompiler.Compilation;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.model.ModelKeepers;
import io.iotdarelay.registry.RegistryProperties;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A changed mapping has to fit the rest of the configuration. */
class MappingSurroundingsTest {

    @TempDir
    private Path directory;

    private final List<Format> made = new ArrayList<>();

    @Test
    void makesDecodersOfNewFormats() throws IOException {
        assertThat(prepare("json-lines", List.of()).problems()).isEmpty();
        assertThat(made).containsExactly(Format.JSON_LINES);
    }

    @Test
    void refusesFormatsThatNeedARegistryWhereThereIsNone() throws IOException {
        assertThat(prepare("avro", List.of()).problems())
                .singleElement()
                .asString()
                .startsWith("relay.registry.url: is required");
        assertThat(made).isEmpty();

        assertThat(prepare("avro", List.of(URI.create("https://registry"))).problems())
                .isEmpty();
        assertThat(made).containsExactly(Format.AVRO);
    }

    @Test
    void refusesToCreateDevicesWithoutAnApplicationSide() throws IOException {
        assertThat(prepare("json\n  provision: { ids: '.*', product-id: p }", List.of())
                        .problems())
                .singleElement()
                .asString()
                .startsWith("relay.devices.platform: must be true: the route r creates devices");
    }

    @Test
    void refusesRoutesOfUnknownProducts() throws IOException {
        assertThat(prepare("json\n  product: product-2", List.of()).problems())
                .singleElement()
                .asString()
                .startsWith("relay.routes[0].product");
        assertThat(made).isEmpty();
    }

    private MappingFile.Prepared prepare(String format, List<URI> registry) throws IOException {
        Path file = Files.writeString(directory.resolve("mapping.yaml"), """
                routes:
                - name: r
                  topics: [t]
                  to: message
                  device-id: key
                  format: %s
                """.formatted(format));
        Routes routes = ((Compilation.Compiled) new RelayMapping(file, Map.of()).read()).routes();
        RegistryProperties properties = new RegistryProperties(
                registry, null, null, null, null, null, null, Duration.ofSeconds(5), Duration.ofSeconds(10));
        return new MappingSurroundings(properties, false, this::decoder, ModelKeepers.none()).prepare(routes);
    }

    private JsonRecordDecoder decoder(Encoding encoding) {
        made.add(encoding.format());
        return new JsonRecordDecoder();
    }
}
