package io.iotdarelay.mapping;

/**
 * One of the reports that a record becomes. It is the same part, by route and ordinal, whenever the record is mapped.
 *
 * @param route the route's name
 * @param ordinal counts the elements that the route could take, from 0 on, those included that it does not take
 * @param path where the element stands in the value, as a JSON Pointer; empty where the report is made of the whole record
 */
public record Part(String route, int ordinal, String path, Draft draft) {}
