"use client";
import * as fieldseal from "fieldseal";
import { useEffect, useState } from "react";
import { program } from "../lib/orders.js";

export default function Browser() {
  const [text, setText] = useState("");
  useEffect(() => {
    const edge = fetch("/edge").then((response) => response.text());
    Promise.all([program(fieldseal), edge])
      .then(([here, there]) => setText(`browser: ${here} edge: ${there}`))
      .catch((error) => setText(`failed: ${error.stack}`));
  }, []);
  return <p id="outcome">{text}</p>;
}
