package io.iotdarelay.commands;

import io.iotdarelay.commands.Configured.Place;
import java.util.Optional;

/**
 * Something that {@code check} has found.
 *
 * @param path the key of the configuration that it is about, or a topic
 * @param place where that is configured
 */
record Finding(Severity severity, Rule rule, String path, String message, Optional<Place> place) {

    /** Whether it keeps the relay from working. */
    enum Severity {
        ERROR,
        WARNING
    }

    /** What is checked. */
    enum Rule {
        CONFIGURATION("configuration", "A key is unknown, or its value is invalid"),
        MAPPING("mapping", "A route is invalid"),
        DIRECTORY("directory", "The device directory cannot be used, or an entry is invalid"),
        TLS("tls", "An SSL bundle cannot be used, or a certificate has expired or expires soon"),
        PERMISSIONS("permissions", "Every user of the machine may read a file with secrets"),
        KAFKA("kafka", "Kafka cannot be reached, or a topic or permission is missing"),
        DEAD_LETTER("dead-letter", "Dead letters could not be written"),
        REGISTRY("registry", "The schema registry does not answer, or a schema cannot be read"),
        IOTDA("iotda", "IoTDA cannot be reached, or does not accept a device"),
        PLATFORM("platform", "IoTDA's application side cannot be reached, or does not accept the access key");

        private final String id;
        private final String meaning;

        Rule(String id, String meaning) {
            this.id = id;
            this.meaning = meaning;
        }

        String id() {
            return id;
        }

        String meaning() {
            return meaning;
        }
    }

    static Finding error(Rule rule, String path, String message) {
        return new Finding(Severity.ERROR, rule, path, message, Optional.empty());
    }

    static Finding warning(Rule rule, String path, String message) {
        return new Finding(Severity.WARNING, rule, path, message, Optional.empty());
    }

    Finding at(Optional<Place> found) {
        return new Finding(severity, rule, path, message, found);
    }
}
