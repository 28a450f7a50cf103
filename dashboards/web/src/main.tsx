import { render } from "preact";
import { AppShell } from "./app-shell.tsx";

const root = document.getElementById("app");
if (root !== null) render(<AppShell />, root);
