package io.iotdarelay;

import io.iotdarelay.commands.Surroundings.RegistryAccess;
import io.iotdarelay.commands.Surroundings.Schemas;
import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.Format;
import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.registry.RegistryInquiry;
import io.iotdarelay.registry.RegistryProperties;
import io.iotdarelay.schemas.JsonSchemaDecoder;
import io.iotdarelay.schemas.SchemaType;
import io.iotdarelay.settings.SettingsReader;
import java.util.List;
import java.util.Optional;

/** Asks the schema registry with the service's own client. It is connected when something is asked. */
final class CommandRegistry implements RegistryAccess {

    private final CommandConfiguration configuration;

    CommandRegistry(CommandConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    public Schemas open(List<String> arguments) {
        return new Opened(arguments);
    }

    /** That of the configuration, if there is one. */
    private final class Opened implements Schemas {

        private final List<String> arguments;
        private Optional<RegistryInquiry> inquiry = Optional.empty();
        private boolean opened;

        Opened(List<String> arguments) {
            this.arguments = arguments;
        }

        @Override
        public RecordDecoder of(Encoding encoding) {
            if (encoding.format() == Format.JSON_SCHEMA) {
                return new JsonSchemaDecoder();
            }
            SchemaType type = encoding.format() == Format.AVRO ? SchemaType.AVRO : SchemaType.PROTOBUF;
            Decoding none = new Decoding.Awaiting("no schema registry is configured: set relay.registry.url");
            return inquiry().map(open -> open.decoder(type)).orElse(record -> none);
        }

        @Override
        public List<String> ask() {
            return inquiry().map(RegistryInquiry::ask).orElse(List.of());
        }

        @Override
        public void close() {
            inquiry.ifPresent(RegistryInquiry::close);
        }

        private Optional<RegistryInquiry> inquiry() {
            if (!opened) {
                opened = true;
                inquiry = connect();
            }
            return inquiry;
        }

        private Optional<RegistryInquiry> connect() {
            return configuration
                    .preparedEnvironment(arguments)
                    .flatMap(environment -> new SettingsReader(environment)
                            .read(RegistryProperties.class)
                            .filter(RegistryProperties::isConfigured)
                            .map(properties -> new RegistryInquiry(
                                    properties, configuration.bundle(environment, properties.sslBundle()))));
        }
    }
}
