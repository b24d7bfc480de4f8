package io.iotdarelay.commands;

import io.iotdarelay.telemetry.SourceRecord;
import tools.jackson.databind.JsonNode;

/** A record with its value as a tree. */
record Sample(SourceRecord record, JsonNode tree) {}
